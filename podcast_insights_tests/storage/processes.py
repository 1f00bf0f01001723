"""Work that storage tests give to other processes, which are started afresh and so must find it by import."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from upath import UPath

from podcast_insights.errors import InUseError
from podcast_insights.files import create_bytes
from podcast_insights.storage.locks import DayLocks
from podcast_insights.storage.outbox import OutboxRepository
from podcast_insights.storage.partials import Partials
from podcast_insights.storage.transcripts import TranscriptsRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights.transcripts.values import Segment
from podcast_insights_tests.storage.examples import a_transcript, an_outbox_row
from podcast_insights_tests.storage.three_days import a_row

_barrier: Barrier


def at_once(work: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Do each call in a process of its own, all starting together; return their results in order."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(len(calls))
    # A multiprocessing.Pool ends idle workers by a signal; one that dies with the queue's lock holds up the rest.
    with ProcessPoolExecutor(len(calls), spawn, initializer=_meet_at, initargs=(barrier,)) as pool:
        return list(pool.map(work, *zip(*calls, strict=True)))


def _meet_at(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier


def create_file(path: Path, content: bytes) -> bool:
    _barrier.wait(60)
    return create_bytes(UPath(path), content)


def hold_partial(base: Path) -> bool:
    """Try to hold one unfinished download, for as long as the others try, too."""
    partials = Partials(UPath(base))
    _barrier.wait(60)
    try:
        with partials.hold("episode1"):
            _barrier.wait(60)
            return True
    except InUseError:
        _barrier.wait(60)
        return False


def hold_day(base: Path, day: date) -> bool:
    """Try to hold a day for as long as the others try, too."""
    locks = DayLocks(UPath(base))
    _barrier.wait(60)
    try:
        with locks.hold(day):
            _barrier.wait(60)
            return True
    except InUseError:
        _barrier.wait(60)
        return False


def create_outbox_row(base: Path, subject: str) -> bool:
    _barrier.wait(60)
    return OutboxRepository(UPath(base)).create(an_outbox_row(subject=subject))


def write_days(base: Path, days: Sequence[date], rounds: int) -> None:
    """Replace the transcripts of each day, several times over."""
    repository = TranscriptsRepository(Warehouse(UPath(base)))
    _barrier.wait(60)
    for _ in range(rounds):
        for day in days:
            segments = [Segment(index=index, start_s=index, end_s=index + 1, text="words " * 20) for index in range(50)]
            repository.replace_day(day, [a_transcript(f"episode{day:%d}", *segments)])


def query_while_days_change(base: Path, days: Sequence[str], is_writer: bool) -> list[int]:
    """Replace days again and again, or query them; return the sums of the rounds that were seen, in order."""
    warehouse = Warehouse(UPath(base))
    _barrier.wait(60)
    seen = []
    for number in range(10):
        if is_writer:
            for day in days:
                warehouse.write("related_insights", day, [a_row(f"{day} {number:02}")])
        else:
            with warehouse.connect(["related_insights"]) as connection:
                found = connection.execute("SELECT insight_id FROM related_insights").fetchall()
            assert len(found) == len(days)
            seen.append(sum(int(name[-2:]) for (name,) in found if " " in name))
    return seen
