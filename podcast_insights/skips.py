"""What was not processed, with its reason: nothing is dropped silently.

Every stage works item by item. ``each_or_skip`` is the one loop that turns an item's failure into a ``Skip`` and goes
on with the next item; ``each_in_parallel`` is the same for work that waits for the network. Deciding what to do with
many failures belongs to the caller (``require_no_outage`` helps); storing them belongs to ``storage``.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from podcast_insights.errors import (
    LLMUnavailableError,
    NetworkError,
    PodcastInsightsError,
    SettingsError,
    StorageFullError,
    TooSlowError,
)

S = TypeVar("S")
T = TypeVar("T")

OUTAGE_ITEMS = 3
OUTAGE_SHOWS = 2
OUTAGE_REASONS = {NetworkError.code, TooSlowError.code, LLMUnavailableError.code}

Stage = Literal[
    "feeds",
    "episodes",
    "chapters",
    "publisher_transcripts",
    "audio",
    "transcripts",
    "insights",
    "insight_vectors",
    "digest",
    "mail",
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
        NetworkError: Three or more items of two or more shows got no answer, and none went well. The stage is then
            worth trying again as a whole.
    """
    unheard = [skip for skip in result.skipped if skip.reason in OUTAGE_REASONS]
    if result.made or len(unheard) < OUTAGE_ITEMS or len({skip.show_id for skip in unheard}) < OUTAGE_SHOWS:
        return
    raise NetworkError(
        f"{stage}: all {len(unheard)} items failed and none went well; the first said: {unheard[0].message} "
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
    lane: Callable[[S], Hashable] | None = None,
    lane_width: int = 1,
) -> StageResult[T]:
    """Do ``work`` on each item in up to ``workers`` threads; see ``each_or_skip`` for the rest.

    Args:
        items: What to work on; those that come first begin first, as far as their lanes allow.
        work: Returns what it made, or None when there is nothing to make.
        workers: How many items are worked on at once.
        stage: The stage that the skips are recorded under.
        ids: Returns the show's and the item's id, for the record.
        lane: Returns what an item shares with others, such as a host; None where they share nothing.
        lane_width: How many items of one lane are worked on at once, so that no thread waits for a busy lane.

    Raises:
        PodcastInsightsError: An error that concerns every item; what was not yet started is not started any more.
    """
    lanes = [lane(item) if lane else index for index, item in enumerate(items)]
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix=stage) as pool:
        futures = _run_in_lanes(
            lanes, lambda index: pool.submit(work, items[index]), workers=max(1, workers), width=max(1, lane_width)
        )
    pairs = list(zip(items, futures, strict=True))
    return each_or_skip(pairs, lambda pair: pair[1].result(), stage=stage, ids=lambda pair: ids(pair[0]))


def _run_in_lanes(
    lanes: Sequence[Hashable], start: Callable[[int], Future[T | None]], *, workers: int, width: int
) -> list[Future[T | None]]:
    """Start every item when a thread and its lane are free, and return the finished futures in the items' order."""
    waiting = list(range(len(lanes)))
    finished: dict[int, Future[T | None]] = {}
    running: dict[Future[T | None], int] = {}
    while waiting or running:
        busy = Counter(lanes[index] for index in running.values())
        for index in list(waiting):
            if len(running) < workers and busy[lanes[index]] < width:
                busy[lanes[index]] += 1
                waiting.remove(index)
                running[start(index)] = index
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            finished[running.pop(future)] = future
            error = future.exception()
            if error and (not isinstance(error, PodcastInsightsError) or stops_the_stage(error)):
                raise error
    return [finished[index] for index in range(len(lanes))]
