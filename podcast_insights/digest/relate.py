"""Which insights belong together: by their words and, where an embeddings model is set, by its vectors, too.

The nearest neighbour of an insight is often about something else, so one is shown above a threshold only, and an
insight without one has none. The relation is symmetric: where A lists B, B lists A. Cosines of vectors and of words
(stems, by TF-IDF) are on scales of their own and have thresholds of their own. Either finds what the other misses, so
one is enough; how close two are is told by both, each in units of its threshold (``docs/evaluation`` has the figures).
Where both have vectors, those by words have to be among the nearest by vectors, too, however far: the rest share words
of two trades.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from podcast_insights.digest.similarity import Comparable, insight_text
from podcast_insights.digest.values import BY_WORDS, Neighbourhood, RelatedInsight
from podcast_insights.digest.word_pairs import close_pairs

RELATED_COSINE = 0.15
RELATED_VECTORS_COSINE = 0.5
MOST_RELATED = 3


class Memory(Protocol):
    """Where what was found is kept until the next time."""

    def read(self) -> bytes | None:
        """Return what was kept, or None."""

    def write(self, content: bytes) -> None:
        """Keep this instead."""


# A pair by the places of the two, the smaller one first.
_Pair = tuple[int, int]
# Where a threshold is 0, anything is close.
_SMALLEST = 1e-3


def related_insights(
    insights: Sequence[Comparable],
    *,
    near: Mapping[str, Neighbourhood] | None = None,
    model: str = "",
    at_least: float = RELATED_COSINE,
    at_least_by_vectors: float = RELATED_VECTORS_COSINE,
    most: int = MOST_RELATED,
    memory: Memory | None = None,
) -> tuple[RelatedInsight, ...]:
    """Return both directions of each relation, at most ``most`` for an insight, nearest first.

    Pairs are taken from the closest to the farthest, those of two shows before those of one, as long as both sides
    have room. Insights of one episode are never related: the page of the episode already holds them together.

    Args:
        insights: Everything that was published, the newest last.
        near: The neighbours by vectors, by insight id; an insight that has none here is compared by its words alone.
        model: The embeddings model of those vectors.
        at_least: From which cosine of their words on two are related.
        at_least_by_vectors: From which cosine of their vectors on two are related.
        most: How many neighbours one may have.
        memory: Where pairs by words are kept; without it all are compared again.
    """
    ordered = sorted(insights, key=lambda insight: insight.insight_id)
    by_vectors = dict(_pairs_by_vectors(ordered, near or {}))
    by_words = dict(_pairs_by_words(ordered, insights, at_least, memory))
    has_vector = [insight.insight_id in (near or {}) for insight in ordered]
    close = {pair for pair in by_words if pair in by_vectors or not all(has_vector[place] for place in pair)}
    close |= {pair for pair, cosine in by_vectors.items() if cosine >= at_least_by_vectors}
    units = ((by_vectors, max(at_least_by_vectors, _SMALLEST)), (by_words, max(at_least, _SMALLEST)))
    closest_first = sorted(
        (ordered[i].show_id == ordered[j].show_id, -sum(found.get((i, j), 0.0) / unit for found, unit in units), i, j)
        for i, j in close
        if ordered[i].episode_id != ordered[j].episode_id
    )
    taken: Counter[int] = Counter()
    related = []
    for _, _, i, j in closest_first:
        if taken[i] < most and taken[j] < most:
            taken.update((i, j))
            is_by_vectors = by_vectors.get((i, j), -1.0) >= at_least_by_vectors
            for one, other in ((i, j), (j, i)):
                related.append(
                    RelatedInsight(
                        insight_id=ordered[one].insight_id,
                        related_insight_id=ordered[other].insight_id,
                        similarity_ratio=by_vectors[i, j] if is_by_vectors else by_words[i, j],
                        compared_by=model if is_by_vectors else BY_WORDS,
                    )
                )
    position = {insight.insight_id: place for place, insight in enumerate(ordered)}
    return tuple(sorted(related, key=lambda relation: position[relation.insight_id]))


def _pairs_by_vectors(
    ordered: Sequence[Comparable], near: Mapping[str, Neighbourhood]
) -> Iterator[tuple[_Pair, float]]:
    """Yield the cosine of each pair of which one is a neighbour of the other, however far."""
    places = {insight.insight_id: place for place, insight in enumerate(ordered)}
    for insight_id, place in places.items():
        for one in near[insight_id].near if insight_id in near else ():
            if (other := places.get(one.insight_id)) is not None:
                yield (min(place, other), max(place, other)), one.similarity_ratio


def _pairs_by_words(
    ordered: Sequence[Comparable], newest_last: Sequence[Comparable], at_least: float, memory: Memory | None
) -> Iterator[tuple[_Pair, float]]:
    """Yield the cosine of each pair that is close by words."""
    kept = memory.read() if memory else None
    found, keep = close_pairs([insight_text(one) for one in newest_last], at_least=at_least, kept=kept)
    if memory and keep != kept:
        memory.write(keep)
    places = {insight.insight_id: place for place, insight in enumerate(ordered)}
    to_place = [places[insight.insight_id] for insight in newest_last]
    for one, other, cosine in zip(found.earlier.tolist(), found.later.tolist(), found.cosines.tolist(), strict=True):
        i, j = sorted((to_place[one], to_place[other]))
        yield (i, j), cosine
