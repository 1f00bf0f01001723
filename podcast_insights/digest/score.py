"""What a candidate is worth today: value, novelty, preference and freshness, and a small bonus for support.

``total = 0.5 value + 0.2 novelty + 0.2 preference + 0.1 freshness + 0.05 support``, cut at 1. Support counts the
independent shows that say the same on the same day, three being full support; it breaks near ties and never lifts a
weak insight over a good one. Nothing is chosen here: ``select.py`` does that.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from podcast_insights.digest.memory import Memory
from podcast_insights.digest.similarity import MAYBE_SAME_COSINE, TextSpace, insight_text, is_duplicate
from podcast_insights.digest.values import Candidate, ScoreParts
from podcast_insights.insights.values import Insight


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each part counts; the first four add up to 1."""

    value: float = 0.5
    novelty: float = 0.2
    preference: float = 0.2
    freshness: float = 0.1
    support: float = 0.05


WEIGHTS = Weights()
NEW_COSINE = 0.45
KNOWN_COSINE = 0.82
FRESHNESS_DAYS = 2.0
FULL_SUPPORT_SHOWS = 3
FEWEST_PEERS = 20
MOST_COMPARED = 1000
SURE_PLACES_PER_SHOW = 10


def score_candidates(
    candidates: Sequence[Candidate],
    *,
    values: Mapping[str, float],
    history_texts: Sequence[str],
    day: date,
    memory: Memory,
    space: TextSpace,
) -> Mapping[str, ScoreParts]:
    """Return the score of each candidate by its insight id.

    Args:
        candidates: What may enter the digest of ``day``.
        values: The comparable value of each insight, from ``comparable_values`` over everything considered.
        history_texts: What earlier digests published, as ``insight_text`` gives it.
        day: The digest's day, from which freshness is counted.
        memory: What the reader follows, and which shows matter more.
        space: A space that holds the texts of candidates and history.
    """
    texts = [insight_text(candidate.insight) for candidate in candidates]
    nearest = space.cosines(texts, history_texts).max(axis=1, initial=0.0)
    supporters = supporting_shows(candidates, space)
    scores = {}
    for candidate, known in zip(candidates, nearest, strict=True):
        insight_id = candidate.insight.insight_id
        scores[insight_id] = _with_total(
            value=values[insight_id],
            novelty=novelty_ratio(float(known)),
            preference=memory.preference_ratio(candidate),
            freshness=freshness_ratio(candidate.episode_date, day),
            support=min(1.0, len(supporters[insight_id]) / FULL_SUPPORT_SHOWS),
        )
    return scores


def shortlist(
    candidates: Sequence[Candidate],
    *,
    values: Mapping[str, float],
    day: date,
    memory: Memory,
    most: int = MOST_COMPARED,
) -> tuple[Candidate, ...]:
    """Return the ``most`` candidates that are worth comparing word by word, by value, preference and freshness.

    Comparing texts is the slow part of a large day, and novelty and support together move a score by a quarter at
    most. Each show's best ten come before anyone's eleventh, so that a busy show cannot crowd out the others.
    """
    if len(candidates) <= most:
        return tuple(candidates)

    def worth(candidate: Candidate) -> tuple[float, str]:
        insight_id = candidate.insight.insight_id
        worth = (
            WEIGHTS.value * values[insight_id]
            + WEIGHTS.preference * memory.preference_ratio(candidate)
            + WEIGHTS.freshness * freshness_ratio(candidate.episode_date, day)
        )
        return -worth, insight_id

    places: Counter[str] = Counter()
    first: list[Candidate] = []
    later: list[Candidate] = []
    for candidate in sorted(candidates, key=worth):
        show_id = candidate.insight.show_id
        (first if places[show_id] < SURE_PLACES_PER_SHOW else later).append(candidate)
        places[show_id] += 1
    return tuple([*first, *later][:most])


def comparable_values(insights: Sequence[Insight]) -> Mapping[str, float]:
    """Return values that can be compared across extractors and models, by insight id.

    Where at least 20 insights share extractor, model, prompt and judge, half of the value is the percentile among them;
    with fewer, a percentile says little and ``value_ratio`` stays as it is.
    """
    kinds: dict[tuple[str | None, ...], list[Insight]] = defaultdict(list)
    for insight in insights:
        kinds[insight.extractor, insight.model, insight.prompt_version, insight.judged_by].append(insight)
    values: dict[str, float] = {}
    for peers in kinds.values():
        ratios = [peer.value_ratio for peer in peers]
        mixed = [(r + p) / 2 for r, p in zip(ratios, _percentiles(ratios), strict=True)]
        comparable = mixed if len(peers) >= FEWEST_PEERS else ratios
        values.update(zip((peer.insight_id for peer in peers), comparable, strict=True))
    return values


def novelty_ratio(nearest_cosine: float) -> float:
    """Return 1 for what is unlike all that was published, 0 for what says the same, from the nearest cosine."""
    return 1.0 - min(1.0, max(0.0, (nearest_cosine - NEW_COSINE) / (KNOWN_COSINE - NEW_COSINE)))


def freshness_ratio(episode_date: date, day: date) -> float:
    """Return 1 on the day of the episode, and less with each day after it."""
    return math.exp(-max(0, (day - episode_date).days) / FRESHNESS_DAYS)


def supporting_shows(candidates: Sequence[Candidate], space: TextSpace) -> Mapping[str, frozenset[str]]:
    """Return, by insight id, the ids of other shows that say the same in words of their own."""
    texts = [insight_text(candidate.insight) for candidate in candidates]
    supporters: dict[str, set[str]] = {candidate.insight.insight_id: set() for candidate in candidates}
    for i, j, cosine in space.close_pairs(texts, MAYBE_SAME_COSINE):
        a, b = candidates[i].insight, candidates[j].insight
        if are_independent(a, b) and is_duplicate(texts[i], texts[j], cosine):
            supporters[a.insight_id].add(b.show_id)
            supporters[b.insight_id].add(a.show_id)
    return {insight_id: frozenset(shows) for insight_id, shows in supporters.items()}


def are_independent(a: Insight, b: Insight) -> bool:
    """Whether two insights come from two shows, and not from one recording that both shows published."""
    return a.show_id != b.show_id and a.quote.casefold().split() != b.quote.casefold().split()


def _with_total(*, value: float, novelty: float, preference: float, freshness: float, support: float) -> ScoreParts:
    total = (
        WEIGHTS.value * value
        + WEIGHTS.novelty * novelty
        + WEIGHTS.preference * preference
        + WEIGHTS.freshness * freshness
        + WEIGHTS.support * support
    )
    return ScoreParts(
        value=value,
        novelty=novelty,
        preference=preference,
        freshness=freshness,
        support=support,
        total=min(1.0, total),
    )


def _percentiles(ratios: Sequence[float]) -> list[float]:
    """Return the share of ``ratios`` below each one, those equal to it counting half."""
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for position, ratio in enumerate(sorted(ratios)):
        first.setdefault(ratio, position)
        last[ratio] = position + 1
    return [(first[ratio] + last[ratio]) / (2 * len(ratios)) for ratio in ratios]
