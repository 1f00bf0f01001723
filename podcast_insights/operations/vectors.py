"""Filling the table ``insight_vectors`` for a day: what is missing is made, kept, paid for and accounted for.

A day is filled when its insights are made, and by ``podcast-insights embed`` for days from before a model was set.
Nothing that goes wrong with the server stops anything: it is recorded as skipped, and those insights are compared by
their words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from podcast_insights.digest.values import InsightVector
from podcast_insights.digest.vectors import Embedder, make_vectors
from podcast_insights.insights.make import all_calls
from podcast_insights.insights.values import LLMCall
from podcast_insights.skips import Skip, Stage
from podcast_insights.storage.store import Store

STAGE: Stage = "insight_vectors"


class AccountedEmbedder(Embedder, Protocol):
    """What makes vectors, and says what was asked of a server for it."""

    @property
    def calls(self) -> tuple[LLMCall, ...]:
        """Every call so far, failed ones too; none where the model is on this machine."""

    def close(self) -> None:
        """Let go of what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledDay:
    """What became of a day: how many vectors there are, how many of them are new, what has none, and the calls."""

    vectors: int
    made: int
    skipped: tuple[Skip, ...]
    calls: tuple[LLMCall, ...]


def fill_vectors(store: Store, day: date, embedder: AccountedEmbedder, *, batch_size: int, now: datetime) -> FilledDay:
    """Make the vectors that the insights of a day do not have yet.

    Args:
        store: Where insights, vectors and the account are kept.
        day: The day of the episodes.
        embedder: What makes vectors, with what is left of the day's budget.
        batch_size: How many texts one call holds.
        now: When this happens (aware, UTC), for the record of what was skipped.

    Raises:
        StorageError: What was made cannot be kept.
    """
    known = store.insight_vectors.of_day(day)

    def keep(vectors: Sequence[InsightVector]) -> None:
        store.insight_vectors.replace_day(day, vectors)

    result = make_vectors(
        store.insights.of_day(day),
        known=known,
        embedder=embedder,
        dimensions=store.insight_vectors.dimensions_of(embedder.model),
        batch_size=batch_size,
        keep=keep,
    )
    if embedder.calls:
        store.llm_calls.replace_day(day, all_calls(store.llm_calls.of_day(day), (), embedder.calls))
    record_missing(store, day, result.skipped, now=now)
    return FilledDay(
        vectors=len(known) + len(result.made), made=len(result.made), skipped=result.skipped, calls=embedder.calls
    )


def record_missing(store: Store, day: date, skipped: Sequence[Skip], *, now: datetime) -> None:
    """Say which episodes of a day have insights without a vector; where none has and had, nothing is written."""
    if skipped or store.skipped.of(STAGE, day):
        store.skipped.replace(STAGE, day, skipped, now=now)
