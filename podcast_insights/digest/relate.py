"""Which insights belong together: by the vectors of an embeddings model where there are some, else by their words.

The nearest neighbour of an insight is often about something else, so one is shown above a threshold only, and an
insight without one has none. The relation is symmetric: where A lists B, B lists A. Cosines of vectors and of words
(stems, by TF-IDF) are on scales of their own and have thresholds of their own; among the
pairs of two shows those by vectors are taken first, so an insight whose vector is missing gets what room is left.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
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


# Whether by words (vectors come first), the similarity, and the places of the two.
_Pair = tuple[bool, float, int, int]


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
        near: The neighbours by vectors, by insight id; an insight that has none here is compared by its words.
        model: The embeddings model of those vectors.
        at_least: From which cosine of their words on two are related.
        at_least_by_vectors: From which cosine of their vectors on two are related.
        most: How many neighbours one may have.
        memory: Where pairs by words are kept; without it all are compared again.
    """
    ordered = sorted(insights, key=lambda insight: insight.insight_id)
    pairs = chain(
        _pairs_by_vectors(ordered, near or {}, at_least_by_vectors),
        _pairs_by_words(ordered, insights, near or {}, at_least, memory),
    )
    closest_first = sorted(
        (ordered[i].show_id == ordered[j].show_id, by_words, -similarity, i, j) for by_words, similarity, i, j in pairs
    )
    taken: Counter[int] = Counter()
    # An insight whose words have changed is met by its old vector, and compared by its words until it has a new one.
    seen: set[tuple[int, int]] = set()
    related = []
    for _, by_words, negative_similarity, i, j in closest_first:
        if taken[i] < most and taken[j] < most and (i, j) not in seen:
            seen.add((i, j))
            taken.update((i, j))
            for one, other in ((i, j), (j, i)):
                related.append(
                    RelatedInsight(
                        insight_id=ordered[one].insight_id,
                        related_insight_id=ordered[other].insight_id,
                        similarity_ratio=-negative_similarity,
                        compared_by=BY_WORDS if by_words else model,
                    )
                )
    position = {insight.insight_id: place for place, insight in enumerate(ordered)}
    return tuple(sorted(related, key=lambda relation: position[relation.insight_id]))


def _pairs_by_vectors(
    ordered: Sequence[Comparable], near: Mapping[str, Neighbourhood], at_least: float
) -> Iterator[_Pair]:
    """Yield each pair once, whichever of the two was compared with the other."""
    places = {insight.insight_id: place for place, insight in enumerate(ordered)}
    pairs = {
        (min(i, j), max(i, j)): one.similarity_ratio
        for insight_id, i in places.items()
        for one in (near[insight_id].near if insight_id in near else ())
        if (j := places.get(one.insight_id)) is not None and one.similarity_ratio >= at_least
    }
    for (i, j), similarity in pairs.items():
        if ordered[i].episode_id != ordered[j].episode_id:
            yield False, similarity, i, j


def _pairs_by_words(
    ordered: Sequence[Comparable],
    newest_last: Sequence[Comparable],
    near: Mapping[str, Neighbourhood],
    at_least: float,
    memory: Memory | None,
) -> Iterator[_Pair]:
    """Yield the pairs of which one at least has no vectors to be compared by."""
    without = {place for place, insight in enumerate(ordered) if insight.insight_id not in near}
    if not without:
        return
    kept = memory.read() if memory else None
    found, keep = close_pairs([insight_text(one) for one in newest_last], at_least=at_least, kept=kept)
    if memory and keep != kept:
        memory.write(keep)
    places = {insight.insight_id: place for place, insight in enumerate(ordered)}
    to_place = [places[insight.insight_id] for insight in newest_last]
    for one, other, cosine in zip(found.earlier.tolist(), found.later.tolist(), found.cosines.tolist(), strict=True):
        i, j = sorted((to_place[one], to_place[other]))
        if (i in without or j in without) and ordered[i].episode_id != ordered[j].episode_id:
            yield True, cosine, i, j
