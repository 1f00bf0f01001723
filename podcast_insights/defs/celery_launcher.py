"""Starts runs on Celery workers as ``dagster-celery`` does, and notices when a worker went with its machine.

A worker says that it began a task, and then nothing until it ends: where the whole worker is killed, the task stays
*started* for ever, and so does its run. Late acknowledgement does not help: the second worker finds a run that was
started and leaves it alone. So the workers are asked who has the task. ``deploy/dagster.yaml`` names this launcher.
"""

import time
from collections.abc import Mapping
from typing import Any, Self

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._serdes import ConfigurableClassData
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from podcast_insights.defs.lost_runs import LOST_AFTER, LOST_AFTER_S, Absences

# Workers answer while they are at work; all are waited for, because the one that has the task may be the last.
_ANSWER_TIMEOUT_S = 2.0
_HAS_IT = ("active", "reserved")


class WatchedCeleryRunLauncher(CeleryRunLauncher):  # type: ignore[misc]  # untyped where the extra is missing
    """Dagster's launcher of runs on Celery, which also asks the workers whether one of them is at work on a run."""

    def __init__(
        self,
        *,
        lost_after_seconds: int = LOST_AFTER_S,
        inst_data: ConfigurableClassData | None = None,
        **config: Any,
    ) -> None:
        """Give a run up that no worker has for ``lost_after_seconds``; ``config`` is that of ``CeleryRunLauncher``."""
        super().__init__(inst_data=inst_data, **config)
        self._absences = Absences(lost_after_seconds)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Return what ``run_launcher.config`` may say."""
        return {**super().config_type(), "lost_after_seconds": LOST_AFTER}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Return the launcher that ``dagster.yaml`` describes."""
        return cls(inst_data=inst_data, **config_value)

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Ask Celery what became of a run's task, and where that is not the end of it, ask the workers."""
        task_id = run.tags.get(DAGSTER_CELERY_TASK_ID_TAG)
        if task_id is None:
            # Not from the queue: the command line's own.
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        found: CheckRunHealthResult = super().check_run_worker_health(run)
        if found.status is WorkerStatus.FAILED:
            return found
        # A task that ended, or that the broker forgot, is no reason to believe that its run did.
        return self._absences.health_of(run.run_id, is_at_work=self._is_at_work(task_id), looked_at_s=time.monotonic())

    def _is_at_work(self, task_id: str) -> bool:
        answers = self.celery.control.inspect(timeout=_ANSWER_TIMEOUT_S).query_task(task_id) or {}
        return any(tasks.get(task_id, ("",))[0] in _HAS_IT for tasks in answers.values())
