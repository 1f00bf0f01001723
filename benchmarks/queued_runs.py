"""Runs in the queue of a Dagster instance: queued as a person does, worked through by the real daemon, and counted.

What was at work at the same time is told from the instance's own records, what went wrong from its events and from the
daemon's log.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from benchmarks.processes import measure

CHECKOUT = Path(__file__).parent.parent
LOOKS_EVERY_S = 2.0
TELLS_EVERY_S = 60.0
SIGNS_OF_A_LOCK = ("database is locked", "could not set lock", "conflicting lock", "being used by another process")
FAILURES = (dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.STEP_UP_FOR_RETRY)
ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
OF_THE_QUEUE = dg.RunsFilter(job_name="ingest_job")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRun:
    """One run of the queue; times are seconds since 1970."""

    day: str
    is_success: bool
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedQueue:
    """What became of the runs, what went wrong in them and in the daemon, and what the onlooker met."""

    runs: Sequence[EndedRun]
    step_failures: int
    lock_errors: Sequence[str]
    looks: int
    looks_refused: int
    wall_s: float


def environment_of(folder: Path) -> Mapping[str, str]:
    """Return the variables by which every command finds the folder's settings and its instance."""
    return {
        "PODCAST_INSIGHTS_CONFIG": str(folder / "podcasts.yaml"),
        "DAGSTER_HOME": str(folder / "home"),
        "PYTHONPATH": str(CHECKOUT),
    }


def in_folder(folder: Path, *arguments: str) -> float:
    """Run Python with ``arguments`` for a folder; return the wall seconds."""
    return measure(arguments, folder=folder, environment=environment_of(folder)).wall_s


def queue_days(folder: Path, days: Sequence[date]) -> None:
    """Queue a run of ``ingest_job`` for each day, as docs/operations.md says."""
    span = ("--from", days[0].isoformat(), "--to", days[-1].isoformat(), "--noprompt")
    workspace = str(CHECKOUT / "workspace.yaml")
    in_folder(folder, "-m", "dagster", "job", "backfill", "-w", workspace, "-j", "ingest_job", *span)


@contextmanager
def daemon(folder: Path) -> Iterator[None]:
    """Have the daemon work through the queue for the time of a ``with`` block; its log is ``<folder>/daemon.log``."""
    command = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(CHECKOUT / "workspace.yaml")]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PODCAST_INS", "DAGSTER_"))}
    with (folder / "daemon.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - the daemon's own command
            command,
            cwd=folder,
            env={**inherited, **environment_of(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def wait_for_runs(folder: Path, count: int, *, looks_in: Callable[[], bool], tell: Callable[[str], None]) -> EndedQueue:
    """Wait until so many runs have ended; return what became of them.

    Args:
        folder: Where the instance is.
        count: How many runs were queued.
        looks_in: Looks at the tables while the runs are at work; says whether it got an answer.
        tell: Says how far the queue is.
    """
    began_s = told_s = time.monotonic()
    looks = refused = 0
    with dg.DagsterInstance.from_config(str(folder / "home")) as instance:
        while True:
            statuses = Counter(run.status for run in instance.get_runs(filters=OF_THE_QUEUE))
            if statuses.total() >= count and statuses.keys() <= ENDED:
                break
            looks += 1
            refused += not looks_in()
            if time.monotonic() - told_s > TELLS_EVERY_S:
                told_s = time.monotonic()
                tell(f"{told_s - began_s:.0f} s: " + ", ".join(f"{of} {name.value}" for name, of in statuses.items()))
            time.sleep(LOOKS_EVERY_S)
        wall_s = time.monotonic() - began_s
        records = instance.get_run_records(filters=OF_THE_QUEUE)
        messages = list(messages_of(instance, [record.dagster_run.run_id for record in records]))
    log = (folder / "daemon.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return EndedQueue(
        runs=[run_of(record) for record in records],
        step_failures=sum(kind in FAILURES for kind, _ in messages),
        lock_errors=[line for line in (*log, *(said for _, said in messages)) if is_about_a_lock(line)],
        looks=looks,
        looks_refused=refused,
        wall_s=wall_s,
    )


def run_of(record: Any) -> EndedRun:
    """Return what is kept of a run's record."""
    run = record.dagster_run
    return EndedRun(
        day=run.tags["dagster/partition"],
        is_success=run.status == dg.DagsterRunStatus.SUCCESS,
        began_s=record.start_time or 0.0,
        ended_s=record.end_time or 0.0,
    )


def messages_of(instance: dg.DagsterInstance, run_ids: Sequence[str]) -> Iterator[tuple[Any, str]]:
    """Yield each event of some runs: its type, and all that it says."""
    for run_id in run_ids:
        for entry in instance.all_logs(run_id):
            yield (entry.dagster_event.event_type if entry.dagster_event else None), entry.to_json()


def is_about_a_lock(line: str) -> bool:
    """Whether a line of a log tells of a lock that somebody did not get."""
    return any(sign in line.lower() for sign in SIGNS_OF_A_LOCK)


def overlaps(runs: Sequence[EndedRun]) -> int:
    """Return how many runs began before an earlier one of the same day had ended."""
    ended: dict[str, float] = {}
    count = 0
    for run in sorted(runs, key=lambda one: one.began_s):
        count += run.began_s < ended.get(run.day, 0.0)
        ended[run.day] = max(run.ended_s, ended.get(run.day, 0.0))
    return count


def most_at_once(runs: Sequence[EndedRun]) -> int:
    """Return how many runs were at work at the same time, at most."""
    changes = sorted(change for run in runs for change in ((run.ended_s, -1), (run.began_s, 1)))
    at_work = most = 0
    for _, change in changes:
        at_work += change
        most = max(most, at_work)
    return most
