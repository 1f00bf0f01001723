"""Which insights still need a vector, and what becomes of those that get none.

A vector belongs to a model and a text: what has one is never asked about again, and each finished batch is kept at
once, so that a run that breaks off pays for nothing twice. An insight without a vector is compared by its words; that
it has none, and why, is recorded for its episode.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from podcast_insights.digest.similarity import Worded, insight_text
from podcast_insights.digest.values import InsightVector
from podcast_insights.errors import LLMError, PodcastInsightsError, StorageError
from podcast_insights.fingerprints import short_id
from podcast_insights.insights.values import Insight
from podcast_insights.skips import Skip, StageResult, skip_for

BYTES_PER_NUMBER = 4


class Embedder(Protocol):
    """What makes vectors of texts."""

    @property
    def model(self) -> str:
        """The name under which the vectors are stored."""

    def vectors(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        """Return the unit vector of each text, as 32-bit numbers."""


def text_fingerprint(insight: Worded) -> str:
    """Return the fingerprint of the words by which an insight is compared."""
    return short_id(insight_text(insight))


def without_vector(insights: Sequence[Insight], known: Collection[InsightVector], *, model: str) -> tuple[Insight, ...]:
    """Return the insights of which no known vector is by ``model`` and of their words as they are now."""
    have = {(one.insight_id, one.text_fingerprint) for one in known if one.model == model}
    return tuple(one for one in insights if (one.insight_id, text_fingerprint(one)) not in have)


def make_vectors(
    insights: Sequence[Insight],
    *,
    known: Sequence[InsightVector],
    embedder: Embedder,
    dimensions: int | None = None,
    batch_size: int,
    keep: Callable[[Sequence[InsightVector]], None],
) -> StageResult[InsightVector]:
    """Return the vectors that were made for insights that had none, and each episode of which one is missing.

    The first failure ends the work: what refuses one batch refuses the next, and a server that is away costs the time
    of all its retries.

    Args:
        insights: The insights of a day.
        known: What was made of them before, by this model or others.
        embedder: What makes vectors.
        dimensions: How many numbers the stored vectors of this model have; None where there is none.
        batch_size: How many texts are given to it at once.
        keep: Stores what was made so far, together with what was known; called after each batch.

    Raises:
        StorageError: What was made cannot be kept.
    """
    missing = without_vector(insights, known, model=embedder.model)
    made: list[InsightVector] = []
    for start in range(0, len(missing), batch_size):
        batch = missing[start : start + batch_size]
        try:
            made += _vectors_of(batch, embedder, dimensions or (made[0].dimensions if made else None))
        except StorageError:
            raise
        except PodcastInsightsError as error:
            return StageResult(tuple(made), _skips(missing[len(made) :], error))
        keep([*known, *made])
    return StageResult(tuple(made))


def _vectors_of(batch: Sequence[Insight], embedder: Embedder, dimensions: int | None) -> list[InsightVector]:
    found = embedder.vectors([insight_text(insight) for insight in batch])
    made = [
        InsightVector(
            insight_id=insight.insight_id,
            model=embedder.model,
            text_fingerprint=text_fingerprint(insight),
            dimensions=len(vector) // BYTES_PER_NUMBER,
            vector=vector,
        )
        for insight, vector in zip(batch, found, strict=True)
    ]
    if dimensions is not None and any(one.dimensions != dimensions for one in made):
        raise LLMError(
            f"vectors by {embedder.model} have {made[0].dimensions} numbers now and had {dimensions} before, so they "
            "cannot be compared; another model may stand behind the name: check related.embeddings.model"
        )
    return made


def _skips(missing: Sequence[Insight], error: PodcastInsightsError) -> tuple[Skip, ...]:
    shows = {insight.episode_id: insight.show_id for insight in missing}
    return tuple(
        skip_for(error, stage="insight_vectors", show_id=show_id, subject_id=episode_id)
        for episode_id, show_id in shows.items()
    )
