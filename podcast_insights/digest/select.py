"""Which candidates enter the digest: what is good enough, new, and unlike what is already in.

Greedy maximal marginal relevance (0.72 relevance, 0.28 diversity) under caps per episode and per show. What says the
same as a chosen insight is merged into it, so a day never holds one thing twice. Candidates are put in the order of
their ids first: the order in which they arrive changes nothing, and ties go to the smaller id.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from podcast_insights.digest.memory import Memory
from podcast_insights.digest.score import are_independent
from podcast_insights.digest.similarity import MAYBE_SAME_COSINE, TextSpace, insight_text, is_duplicate
from podcast_insights.digest.values import Candidate, ScoreParts
from podcast_insights.settings import DigestSettings

RELEVANCE_WEIGHT = 0.72
DIVERSITY_WEIGHT = 0.28
# From so many on, each gives one insight only; of fewer, each may give two.
MANY_SHOWS = 5
MANY_EPISODES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A chosen candidate, with the (insight_id, show title) of the independent shows that say the same."""

    candidate: Candidate
    also_said_by: tuple[tuple[str, str], ...] = ()


def eligible_candidates(
    candidates: Sequence[Candidate], *, memory: Memory, settings: DigestSettings
) -> tuple[Candidate, ...]:
    """Return those that are not muted and are worth ``settings.min_value_ratio``.

    The floor is held against ``value_ratio`` itself, not against a percentile of the day: on a day of poor insights
    even the best of them is not published.
    """
    return tuple(
        candidate
        for candidate in candidates
        if candidate.insight.value_ratio >= settings.min_value_ratio and not memory.is_muted(candidate)
    )


def without_repeats(
    candidates: Sequence[Candidate], *, history_texts: Sequence[str], space: TextSpace
) -> tuple[Candidate, ...]:
    """Return the candidates that say nothing that earlier digests already said."""
    texts = [insight_text(candidate.insight) for candidate in candidates]
    close = space.cosines(texts, history_texts)
    repeated = {
        int(row)
        for row, column in zip(*np.nonzero(close >= MAYBE_SAME_COSINE), strict=True)
        if is_duplicate(texts[row], history_texts[column], float(close[row, column]))
    }
    return tuple(candidate for row, candidate in enumerate(candidates) if row not in repeated)


def select_candidates(
    candidates: Sequence[Candidate],
    scores: Mapping[str, ScoreParts],
    *,
    space: TextSpace,
    settings: DigestSettings,
    published_later: frozenset[str] = frozenset(),
) -> tuple[Choice, ...]:
    """Return at most ``settings.top_n`` choices, in the order in which they were chosen.

    Args:
        candidates: The eligible candidates, in any order.
        scores: The score of each by its insight id.
        space: A space that holds the texts of the candidates.
        settings: How many at most, and the caps per episode and show.
        published_later: The ids of insights that digests of later days hold. They are compared with, never chosen.
    """
    pool = sorted(candidates, key=lambda candidate: candidate.insight.insight_id)
    texts = [insight_text(candidate.insight) for candidate in pool]
    claims = [candidate.insight.claim.casefold().split() for candidate in pool]
    relevance = np.array([scores[candidate.insight.insight_id].total for candidate in pool])
    likeness = np.zeros(len(pool))
    is_open = np.fromiter((c.insight.insight_id not in published_later for c in pool), dtype=bool, count=len(pool))
    caps = _Caps(pool, settings)
    choices: list[Choice] = []
    while len(choices) < settings.top_n and is_open.any():
        gain = RELEVANCE_WEIGHT * relevance + DIVERSITY_WEIGHT * (1.0 - likeness)
        # Rounded, so that candidates alike but for the last bits of a float are a tie, which the id decides.
        best = int(np.argmax(np.where(is_open, gain.round(9), -np.inf)))
        cosines = space.cosines([texts[best]], texts)[0]
        # One headline stands for one thing, however differently two shows explain it.
        same = [
            row
            for row, cosine in enumerate(cosines)
            if row != best and (claims[row] == claims[best] or is_duplicate(texts[best], texts[row], float(cosine)))
        ]
        choices.append(Choice(candidate=pool[best], also_said_by=_others(pool[best], [pool[r] for r in same], scores)))
        likeness = np.maximum(likeness, cosines)
        caps.count(pool[best])
        is_open[[best, *same]] = False
        is_open &= np.fromiter((caps.allow(candidate) for candidate in pool), dtype=bool, count=len(pool))
    return tuple(choices)


class _Caps:
    """How many of an episode and of a show may still be chosen."""

    def __init__(self, pool: Sequence[Candidate], settings: DigestSettings) -> None:
        shows = {candidate.insight.show_id for candidate in pool}
        episodes = {candidate.insight.episode_id for candidate in pool}
        self._per_show = settings.max_per_show or (1 if len(shows) >= MANY_SHOWS else 2)
        self._per_episode = settings.max_per_episode or (1 if len(episodes) >= MANY_EPISODES else 2)
        self._shows: Counter[str] = Counter()
        self._episodes: Counter[str] = Counter()

    def count(self, candidate: Candidate) -> None:
        self._shows[candidate.insight.show_id] += 1
        self._episodes[candidate.insight.episode_id] += 1

    def allow(self, candidate: Candidate) -> bool:
        insight = candidate.insight
        return self._shows[insight.show_id] < self._per_show and self._episodes[insight.episode_id] < self._per_episode


def _others(
    chosen: Candidate, same: Sequence[Candidate], scores: Mapping[str, ScoreParts]
) -> tuple[tuple[str, str], ...]:
    """Return one (insight_id, show title) for each independent show among ``same``, its best insight first."""
    best_first = sorted(same, key=lambda c: (-scores[c.insight.insight_id].total, c.insight.insight_id))
    by_show: dict[str, tuple[str, str]] = {}
    for candidate in best_first:
        if are_independent(chosen.insight, candidate.insight):
            by_show.setdefault(candidate.insight.show_id, (candidate.insight.insight_id, candidate.show_title))
    return tuple(by_show.values())
