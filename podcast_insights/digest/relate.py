"""Which insights belong together: neighbours by the stems that they share (TF-IDF), other shows first.

The nearest neighbour of an insight is often about something else, so one is shown above a threshold only, and an
insight without one has none. The relation is symmetric: where A lists B, B lists A.
"""

from collections import Counter
from collections.abc import Sequence

from podcast_insights.digest.similarity import TextSpace, insight_text
from podcast_insights.digest.values import RelatedInsight
from podcast_insights.insights.values import Insight

RELATED_COSINE = 0.15
MOST_RELATED = 3


def related_insights(
    insights: Sequence[Insight], *, at_least: float = RELATED_COSINE, most: int = MOST_RELATED
) -> tuple[RelatedInsight, ...]:
    """Return both directions of each relation, at most ``most`` for an insight, nearest first.

    Pairs are taken from the closest to the farthest, those of two shows before those of one, as long as both sides
    have room. Insights of one episode are never related: the page of the episode already holds them together.
    """
    ordered = sorted(insights, key=lambda insight: insight.insight_id)
    texts = [insight_text(insight) for insight in ordered]
    pairs = [
        (ordered[i].show_id == ordered[j].show_id, -cosine, i, j)
        for i, j, cosine in TextSpace(texts, by_stems=True).close_pairs(texts, at_least)
        if ordered[i].episode_id != ordered[j].episode_id
    ]
    taken: Counter[int] = Counter()
    related = []
    for _, negative_cosine, i, j in sorted(pairs):
        if taken[i] < most and taken[j] < most:
            taken.update((i, j))
            for one, other in ((i, j), (j, i)):
                related.append(
                    RelatedInsight(
                        insight_id=ordered[one].insight_id,
                        related_insight_id=ordered[other].insight_id,
                        similarity_ratio=-negative_cosine,
                    )
                )
    position = {insight.insight_id: place for place, insight in enumerate(ordered)}
    return tuple(sorted(related, key=lambda relation: position[relation.insight_id]))
