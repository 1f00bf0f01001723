"""Starts runs as Dagster does on one machine, and notices when a run's process went with the machine.

A run is a child of the code server that started it. That server reports a child that dies; where it dies too, as in a
power cut, nobody does. ``dagster.yaml`` names this launcher:

    run_launcher: {module: podcast_insights.defs.local_launcher, class: LocalRunLauncher}
"""

import json
import time
from collections.abc import Mapping
from typing import Any, Self

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import ConfigurableClassData, deserialize_value

from podcast_insights.defs.lost_runs import LOST_AFTER, LOST_AFTER_S, Absences

_ANSWER_TIMEOUT_S = 10


class LocalRunLauncher(dg.DefaultRunLauncher):
    """Dagster's own launcher of one machine, which also asks the code server of a run whether it still has it."""

    def __init__(self, lost_after_seconds: int = LOST_AFTER_S, inst_data: ConfigurableClassData | None = None) -> None:
        """Give a run up that its code server does not have for ``lost_after_seconds``."""
        super().__init__(inst_data=inst_data)
        self._absences = Absences(lost_after_seconds)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Return what ``run_launcher.config`` may say."""
        return {"lost_after_seconds": LOST_AFTER}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Return the launcher that ``dagster.yaml`` describes."""
        return cls(inst_data=inst_data, **config_value)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Say to run monitoring that it may ask."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Ask the code server that started a run whether its process is there."""
        server = run.tags.get(GRPC_INFO_TAG)
        if server is None:
            # The command line's own: whoever holds the lock of the day is at work on it.
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return self._absences.health_of(
            run.run_id, is_at_work=_has_run(json.loads(server), run.run_id), looked_at_s=time.monotonic()
        )


def _has_run(server: dict[str, Any], run_id: str) -> bool:
    client = DagsterGrpcClient(
        port=server.get("port"),
        socket=server.get("socket"),
        host=server.get("host", "localhost"),
        use_ssl=bool(server.get("use_ssl", False)),
    )
    try:
        answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run_id), timeout=_ANSWER_TIMEOUT_S)
    except DagsterUserCodeUnreachableError:
        return False
    return deserialize_value(answer, CanCancelExecutionResult).can_cancel
