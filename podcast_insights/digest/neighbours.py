"""The insights nearest to those of a day by their vectors, found once and kept.

Comparing everything with everything grows with the square of what was published, so the insights of a day are compared
with all others when that day is new, and what was found is kept as an artifact of that day. Relations are symmetric
(``relate.py``), so an old insight learns of a new one from the new one's day. Several more are kept than are shown, and
as many of other shows as of its own, so that those shown can be chosen anew each time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from podcast_insights.digest.similarity import Comparable
from podcast_insights.digest.values import DayNeighbours, Near, Neighbourhood, PublishedInsight
from podcast_insights.digest.vectors import BYTES_PER_NUMBER, text_fingerprint
from podcast_insights.fingerprints import ResultCache, fingerprint_of

Vectors = npt.NDArray[np.float32]
# The places of some insights, and their vectors as rows.
Block = tuple[npt.NDArray[np.int64], Vectors]

MOST_KEPT = 12
RULES_VERSION = 1


class VectorSource(Protocol):
    """Where vectors are kept."""

    def some(self, wanted: Mapping[str, str], *, model: str, days: Sequence[date]) -> Mapping[str, bytes]:
        """Return the vectors of insights (text fingerprints by id) of some days."""

    def blocks(self, wanted: Sequence[str], *, model: str, dimensions: int) -> Iterator[Any]:
        """Yield the vectors of insights with the places of their ids in ``wanted``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Everything that was published: the insights by digest day, and the days of their episodes by their ids."""

    by_day: Mapping[date, Sequence[PublishedInsight]]
    episode_dates: Mapping[str, date]

    @classmethod
    def of(cls, entries: Iterable[PublishedInsight]) -> "Published":
        """Return what digests hold; an insight that stands in two belongs to the later one."""
        latest = {entry.insight_id: entry for entry in sorted(entries, key=lambda entry: entry.digest_date)}
        by_day: dict[date, list[PublishedInsight]] = {}
        for entry in latest.values():
            by_day.setdefault(entry.digest_date, []).append(entry)
        return cls(by_day=by_day, episode_dates={one.insight_id: one.episode_date for one in latest.values()})

    @property
    def insights(self) -> tuple[PublishedInsight, ...]:
        """All insights, in the order of their ids."""
        return tuple(sorted((one for day in self.by_day.values() for one in day), key=lambda one: one.insight_id))

    @property
    def in_order(self) -> tuple[PublishedInsight, ...]:
        """All insights, from the oldest day to the newest."""
        return tuple(
            one for _, day in sorted(self.by_day.items()) for one in sorted(day, key=lambda one: one.insight_id)
        )


def neighbourhoods(
    published: Published, *, source: VectorSource, model: str, cache: ResultCache[DayNeighbours]
) -> Mapping[str, Neighbourhood]:
    """Return the neighbours of each published insight that has a vector, by its id.

    A day is compared when it is new, or when its insights or their words have changed; so is one of which a vector was
    missing, until it is there.
    """
    found: dict[str, Neighbourhood] = {}
    new: dict[str, Sequence[PublishedInsight]] = {}
    for day, insights in published.by_day.items():
        made = sorted((one.insight_id, one.fingerprint) for one in insights)
        key = fingerprint_of({"neighbours": RULES_VERSION, "day": day.isoformat(), "model": model, "insights": made})
        kept = cache.get(key)
        if kept is None:
            new[key] = insights
        else:
            found |= {one.insight_id: one for one in kept.neighbourhoods}
    if not new:
        return found
    asked = [one for insights in new.values() for one in insights]
    compared = _compared(asked, published, source, model)
    for key, insights in new.items():
        of_day = tuple(compared[one.insight_id] for one in insights if one.insight_id in compared)
        if len(of_day) == len(insights):
            cache.put(key, DayNeighbours(neighbourhoods=of_day))
        found |= {one.insight_id: one for one in of_day}
    return found


def _compared(
    asked: Sequence[PublishedInsight], published: Published, source: VectorSource, model: str
) -> Mapping[str, Neighbourhood]:
    """Return the neighbours of those of ``asked`` that have a vector, from one scan of all vectors."""
    wanted = {one.insight_id: text_fingerprint(one) for one in asked}
    days = sorted({published.episode_dates[insight_id] for insight_id in wanted})
    stored = source.some(wanted, model=model, days=days)
    asked = [one for one in asked if one.insight_id in stored]
    if not asked:
        return {}
    everything = published.insights
    dimensions = len(stored[asked[0].insight_id]) // BYTES_PER_NUMBER
    asked = [one for one in asked if len(stored[one.insight_id]) == BYTES_PER_NUMBER * dimensions]
    blocks = source.blocks([one.insight_id for one in everything], model=model, dimensions=dimensions)
    queries = np.stack([np.frombuffer(stored[one.insight_id], dtype="<f4") for one in asked])
    near = nearest(asked, queries, everything, blocks)
    return {
        one.insight_id: Neighbourhood(
            insight_id=one.insight_id,
            near=tuple(Near(insight_id=everything[at].insight_id, similarity_ratio=ratio) for at, ratio in found),
        )
        for one, found in zip(asked, near, strict=True)
    }


def nearest(
    asked: Sequence[Comparable],
    queries: Vectors,
    everything: Sequence[Comparable],
    blocks: Iterable[Block],
    *,
    most: int = MOST_KEPT,
) -> list[list[tuple[int, float]]]:
    """Return for each asked insight the places of the ``most`` nearest of other shows, then of its own, nearest first.

    Args:
        asked: The insights whose neighbours are looked for; none of its own episode is one.
        queries: Their unit vectors, as rows.
        everything: All insights, by their places.
        blocks: The unit vectors of all insights, in any order.
        most: How many are kept of other shows, and how many of its own.
    """
    show_numbers: dict[str, int] = {}
    episode_numbers: dict[str, int] = {}
    shows = np.array([show_numbers.setdefault(one.show_id, len(show_numbers)) for one in everything])
    episodes = np.array([episode_numbers.setdefault(one.episode_id, len(episode_numbers)) for one in everything])
    best: list[dict[bool, list[tuple[float, int]]]] = [{False: [], True: []} for _ in asked]
    for places, vectors in blocks:
        cosines = queries @ vectors.T
        for one, row, kept in zip(asked, cosines, best, strict=True):
            is_other_episode = episodes[places] != episode_numbers.get(one.episode_id, -1)
            is_own_show = shows[places] == show_numbers.get(one.show_id, -1)
            for is_own, candidates in ((False, ~is_own_show), (True, is_own_show & is_other_episode)):
                kept[is_own] = _best([*kept[is_own], *_best_of(row, places, np.flatnonzero(candidates), most)], most)
    return [[(place, -negative) for is_own in (False, True) for negative, place in kept[is_own]] for kept in best]


def best_matches(query: bytes, blocks: Iterable[Block], *, most: int, at_least: float) -> Mapping[int, float]:
    """Return the cosine of the ``most`` vectors nearest to one vector, by their places."""
    vector = np.frombuffer(query, dtype="<f4")
    best: list[tuple[float, int]] = []
    for places, vectors in blocks:
        cosines = vectors @ vector
        best = _best([*best, *_best_of(cosines, places, np.flatnonzero(cosines >= at_least), most)], most)
    return {place: -negative for negative, place in best}


def _best_of(
    cosines: npt.NDArray[np.float32], places: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], most: int
) -> Iterator[tuple[float, int]]:
    """Yield (negative cosine, place) of the highest ``most`` of some rows."""
    if len(rows) > most:
        rows = rows[np.argpartition(cosines[rows], -most)[-most:]]
    for row in rows:
        yield -round(min(1.0, max(0.0, float(cosines[row]))), 6), int(places[row])


def _best(found: Sequence[tuple[float, int]], most: int) -> list[tuple[float, int]]:
    """Return the highest ``most``, each place once; ties go to the smaller place.

    An insight whose words have changed has a vector of each: the nearer one counts.
    """
    by_place: dict[int, float] = {}
    for negative, place in sorted(found):
        by_place.setdefault(place, negative)
    return [(negative, place) for place, negative in by_place.items()][:most]
