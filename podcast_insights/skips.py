"""What was not processed, with its reason: nothing is dropped silently.

Every stage works item by item. ``each_or_skip`` is the one loop that turns an item's failure into a ``Skip`` and goes
on with the next item; ``each_in_parallel`` is the same for work that waits for the network. Deciding what to do with
many failures belongs to the caller (``require_no_outage`` helps); storing them belongs to ``storage``.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from podcast_insights.errors import NetworkError, PodcastInsightsError, SettingsError, StorageFullError

S = TypeVar("S")
T = TypeVar("T")

OUTAGE_ITEMS = 3
OUTAGE_SHOWS = 2

Stage = Literal[
    "feeds", "episodes", "chapters", "publisher_transcripts", "audio", "transcripts", "insights", "digest", "mail"
]


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


def require_no_outage(result: StageResult[T], stage: Stage) -> None:
    """Raise where nothing at all was made although several shows were tried: that is our network, not their servers.

    Raises:
        NetworkError: Three or more items of two or more shows failed in a way that a later run may not, and none went
            well. The stage is then worth trying again as a whole.
    """
    retryable = [skip for skip in result.skipped if skip.retryable]
    if result.made or len(retryable) < OUTAGE_ITEMS or len({skip.show_id for skip in retryable}) < OUTAGE_SHOWS:
        return
    raise NetworkError(
        f"{stage}: all {len(retryable)} items failed and none went well; the first said: {retryable[0].message} "
        "Check the network of this machine; the next run tries again."
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


def each_in_parallel(
    items: Sequence[S],
    work: Callable[[S], T | None],
    *,
    workers: int,
    stage: Stage,
    ids: Callable[[S], tuple[str, str]],
) -> StageResult[T]:
    """Do ``work`` on each item in up to ``workers`` threads; see ``each_or_skip`` for the rest.

    Raises:
        PodcastInsightsError: An error that concerns every item; what was not yet started is not started any more.
    """
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix=stage) as pool:
        running: list[tuple[S, Future[T | None]]] = [(item, pool.submit(work, item)) for item in items]
        try:
            return each_or_skip(running, lambda pair: pair[1].result(), stage=stage, ids=lambda pair: ids(pair[0]))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
