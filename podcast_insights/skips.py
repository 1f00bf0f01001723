"""What was not processed, with its reason: nothing is dropped silently.

Every stage works item by item. ``each_or_skip`` is the one loop that turns an item's failure into a ``Skip`` and goes
on with the next item. Deciding what to do with many failures belongs to the caller; storing them belongs to
``storage``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from podcast_insights.errors import PodcastInsightsError, SettingsError, StorageFullError

S = TypeVar("S")
T = TypeVar("T")

Stage = Literal["feeds", "episodes", "publisher_transcripts", "audio", "transcripts", "insights", "digest", "mail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """One item that a stage did not process.

    ``subject_id`` is the episode, or the show where the stage works on shows; ``reason`` is a short code, ``message``
    a sentence for a person; ``retryable`` says whether the next run tries again.
    """

    stage: Stage
    show_id: str
    subject_id: str
    reason: str
    message: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class StageResult(Generic[T]):
    """What a stage made, and what it skipped."""

    made: tuple[T, ...]
    skipped: tuple[Skip, ...] = ()


def skip_for(error: PodcastInsightsError, *, stage: Stage, show_id: str, subject_id: str) -> Skip:
    """Return the record of an item that failed with ``error``."""
    return Skip(
        stage=stage,
        show_id=show_id,
        subject_id=subject_id,
        reason=error.code,
        message=str(error),
        retryable=error.retryable,
    )


def stops_the_stage(error: PodcastInsightsError) -> bool:
    """Whether an error concerns every item alike, so that going on with the next one is no use."""
    return isinstance(error, SettingsError | StorageFullError)


def each_or_skip(
    items: Iterable[S],
    work: Callable[[S], T | None],
    *,
    stage: Stage,
    ids: Callable[[S], tuple[str, str]],
) -> StageResult[T]:
    """Do ``work`` on each item; an item that raises a ``PodcastInsightsError`` is skipped, the others go on.

    Args:
        items: What to work on, in order.
        work: Returns what it made, or None when there is nothing to make.
        stage: The stage that the skips are recorded under.
        ids: Returns the show's and the item's id, for the record.

    Raises:
        PodcastInsightsError: An error that concerns every item (see ``stops_the_stage``).
    """
    made: list[T] = []
    skipped: list[Skip] = []
    for item in items:
        try:
            result = work(item)
        except PodcastInsightsError as error:
            if stops_the_stage(error):
                raise
            show_id, subject_id = ids(item)
            skipped.append(skip_for(error, stage=stage, show_id=show_id, subject_id=subject_id))
        else:
            if result is not None:
                made.append(result)
    return StageResult(tuple(made), tuple(skipped))
