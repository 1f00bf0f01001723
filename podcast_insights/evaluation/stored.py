"""Evaluates an installation: the insights that it found beside baselines, and what its digests gave their readers.

The baselines choose as many passages of each episode as were kept of it. With a language model, the embedded extractor
is one of them: that is how the two compare on one's own shows. Nothing is asked or paid for.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from podcast_insights.days import days_until
from podcast_insights.digest.values import Digest
from podcast_insights.evaluation.measures import (
    ad_leak_ratio,
    grounded_ratio,
    repeats_ratio,
    standalone_ratio,
    told_in_notes_ratio,
)
from podcast_insights.evaluation.methods import METHODS, passage_of
from podcast_insights.evaluation.values import FIGURES, STORED, EvaluatedEpisode, Evaluation, Passage
from podcast_insights.fingerprints import fingerprint_of
from podcast_insights.insights.values import Insight
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.store import Store
from podcast_insights.transcripts.belongs import text_about

TABLE = "evaluations"
_ROWS = RowCodec(Evaluation)


def evaluate_stored(
    store: Store, *, first: date, last: date, most_episodes: int, evaluated_on: date, now: datetime
) -> tuple[Evaluation, ...]:
    """Measure what is stored of some days, and keep it in the table ``evaluations`` as that of ``evaluated_on``.

    Args:
        store: Where the days are.
        first: The first day.
        last: The last day, itself included.
        most_episodes: How many episodes are looked at, drawn evenly where there are more; the same ones each time.
        evaluated_on: The day under which the result is kept; another of that day is replaced.
        now: The time that is noted.

    Raises:
        StorageError: The tables cannot be read or written.
    """
    episodes, insights = _drawn(store, tuple(days_until(first, last)), most_episodes)
    digests = store.digests.of_days(tuple(days_until(first, last)))
    amounts = {name: passage_figures(passages, episodes) for name, passages in _chosen(episodes, insights).items()}
    amounts[STORED] |= digest_figures(digests)
    found = tuple(
        Evaluation(
            evaluated_date=evaluated_on,
            method=method,
            figure=figure.name,
            amount=figures[figure.name],
            episodes=len(episodes),
            first_date=first,
            last_date=last,
            evaluated_at=now,
        )
        for figure in FIGURES
        for method, figures in amounts.items()
        if figure.name in figures
    )
    store.warehouse.write(TABLE, day_partition(evaluated_on), [_ROWS.to_row(one) for one in found])
    return found


def passage_figures(chosen: Sequence[Passage], episodes: Mapping[str, EvaluatedEpisode]) -> dict[str, float | None]:
    """Return what is measured of the passages of one method, by the names of the figures."""
    return {
        "passages": float(len(chosen)),
        "grounded": grounded_ratio(chosen, episodes),
        "stands_alone": standalone_ratio(chosen),
        "touches_ad": ad_leak_ratio(chosen, episodes),
        "told_in_notes": told_in_notes_ratio(chosen, episodes),
    }


def digest_figures(digests: Sequence[Digest]) -> dict[str, float | None]:
    """Return what is measured of digests, by the names of the figures."""
    entries = [passage_of(entry.candidate.insight) for digest in digests for entry in digest.entries]
    return {
        "digests": float(len(digests)),
        "digest_entries": len(entries) / len(digests) if digests else None,
        "digest_stands_alone": standalone_ratio(entries),
        "digest_repeats": repeats_ratio([entry.text for entry in entries]),
    }


def _chosen(episodes: Mapping[str, EvaluatedEpisode], insights: Sequence[Insight]) -> dict[str, tuple[Passage, ...]]:
    """Return the passages of each method: as many of an episode as are stored."""
    is_by_model = any(one.extractor == "llm" for one in insights)
    baselines = [name for name in METHODS if name != "embedded" or is_by_model]
    kept = {name: sum(one.episode_id == name for one in insights) for name in episodes}
    return {STORED: tuple(map(passage_of, insights))} | {
        method: tuple(
            passage
            for name, episode in episodes.items()
            if kept[name]
            for passage in METHODS[method](episode.transcript, kept[name])
        )
        for method in baselines
    }


def _drawn(
    store: Store, days: Collection[date], most_episodes: int
) -> tuple[dict[str, EvaluatedEpisode], tuple[Insight, ...]]:
    """Return the episodes that are looked at, of those that have insights and a transcript, and their insights."""
    of_days = {day: store.insights.of_day(day) for day in days}
    days_of = {one.episode_id: day for day, insights in of_days.items() for one in insights}
    drawn = frozenset(sorted(days_of, key=lambda name: fingerprint_of({"drawn": name}))[:most_episodes])
    episodes: dict[str, EvaluatedEpisode] = {}
    for day in sorted({days_of[name] for name in drawn}):
        about = {one.episode.episode_id: text_about(one.episode) for one in store.episodes.of_day(day)}
        for transcript in store.transcripts.of_day(day):
            name = transcript.episode_id
            if name in drawn:
                ads_s = tuple((one.start_s, one.end_s) for one in transcript.segments if one.is_ad)
                episodes[name] = EvaluatedEpisode(
                    transcript=transcript, day=day, ads_s=ads_s, about=about.get(name, "")
                )
    insights = (one for found in of_days.values() for one in found if one.episode_id in episodes)
    return episodes, tuple(insights)
