"""When a run that nobody is at work on counts as lost: not at the first look, but when none finds it for a while.

Dagster's launcher on Celery believes what the queue was told last, so that a machine that was switched off leaves its
runs *started* for as long as a run may take, and the queue starts no other run of their days. ``celery_launcher`` asks
who is at work. An answer may be missing because a network is slow or a process is just starting, and two runs of one
day must not overlap; so only an absence that lasts is believed.
"""

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus

# Several looks of run monitoring, which comes every two minutes unless told otherwise.
LOST_AFTER_S = 240
LOST_AFTER = dg.Field(
    int,
    is_required=False,
    default_value=LOST_AFTER_S,
    description="A run that nobody is at work on for this many seconds failed, and is started again.",
)


class Absences:
    """Since when each run is missing, as one launcher found it; a daemon that was restarted begins to count anew."""

    def __init__(self, lost_after_s: float) -> None:
        """Believe an absence that lasts ``lost_after_s``."""
        self._lost_after_s = lost_after_s
        self._missing_since_s: dict[str, float] = {}

    def health_of(self, run_id: str, *, is_at_work: bool, looked_at_s: float) -> CheckRunHealthResult:
        """Return what to make of a look at a run.

        Args:
            run_id: The run.
            is_at_work: Whether the look found a process that works on it.
            looked_at_s: When that was, on a clock that only goes forward.
        """
        if is_at_work:
            self._missing_since_s.pop(run_id, None)
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        missing_s = looked_at_s - self._missing_since_s.setdefault(run_id, looked_at_s)
        if missing_s < self._lost_after_s:
            return CheckRunHealthResult(WorkerStatus.RUNNING, f"nobody is at work on it for {missing_s:.0f} s")
        del self._missing_since_s[run_id]
        return CheckRunHealthResult(WorkerStatus.FAILED, f"nobody is at work on it for {missing_s:.0f} s: it is lost")
