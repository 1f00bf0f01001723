"""Runs in this process: the same jobs that the UI starts, for the command line.

A run is recorded in the Dagster instance that it is given, so what the command line did is seen in the UI, too. Such a
run waits in no queue: so that it works on no day beside another one, it takes the day's lock and asks the instance.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError
from yaml import YAMLError

from podcast_insights.days import day_bounds
from podcast_insights.definitions import build_definitions
from podcast_insights.errors import InUseError, SettingsError
from podcast_insights.files import local_path
from podcast_insights.settings import Settings
from podcast_insights.storage.locks import DayLocks
from podcast_insights.storage.store import open_base

StepListener = Callable[[str], None]

MADE_BY = "podcast_insights/made_by"
COMMAND_LINE = "command line"
AT_WORK = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRun:
    """What became of one run; ``day`` is None where it had no partition.

    ``failures`` says what went wrong, step by step; ``failed_checks`` what looks wrong.
    """

    day: date | None
    is_success: bool
    failures: tuple[str, ...]
    failed_checks: tuple[str, ...]
    metadata: Mapping[str, Mapping[str, Any]]


class Runner:
    """Runs jobs for days with one set of definitions and one instance."""

    def __init__(
        self,
        settings: Settings,
        *,
        home: Path | None,
        resources: Mapping[str, Any] | None = None,
        on_step: StepListener | None = None,
    ) -> None:
        """Prepare.

        Args:
            settings: What to run with.
            home: The folder of the Dagster instance that records the runs; None records nothing.
            resources: Resources to use instead of those made from the settings, by name.
            on_step: Called with the name of each step as it starts.
        """
        self._definitions = build_definitions(settings, resources, loggers={"console": _listening(on_step)})
        self._home = home
        self._zone = settings.digest.zone
        base = open_base(settings.storage.base_url)
        self._locks = DayLocks(base)
        self._has_locks = local_path(base) is not None
        self._readers: list[sqlite3.Connection] = []
        self._jobs: dict[tuple[str, tuple[str, ...]], dg.JobDefinition] = {}

    def run(
        self,
        job: str,
        day: date | None,
        *,
        assets: Sequence[str] | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> DayRun:
        """Run a job, or some of its assets, for a day.

        Args:
            job: The job's name.
            day: The partition; None for a job without partitions.
            assets: Only these assets and their checks.
            config: The configuration of assets, by name.

        Raises:
            InUseError: Another run is at work on the day.
            KeyboardInterrupt: A person stopped the run, which is recorded.
        """
        with self._locks.hold(day):
            self._require_free(day)
            return self._run(job, day, assets, config)

    def _run(
        self, job: str, day: date | None, assets: Sequence[str] | None, config: Mapping[str, Any] | None
    ) -> DayRun:
        # As on that day itself: a demo's days may lie ahead of this machine's clock, by which partitions end today.
        on_that_day = dg.partition_loading_context(effective_dt=day_bounds(day, self._zone)[0] if day else None)
        with on_that_day:
            result = self._job(job, tuple(assets or ())).execute_in_process(
                instance=self._instance,
                partition_key=day.isoformat() if day else None,
                tags={MADE_BY: COMMAND_LINE},
                run_config={
                    "ops": {name: {"config": dict(given)} for name, given in (config or {}).items()},
                    "loggers": {"console": {}},
                },
                raise_on_error=False,
            )
        if _is_interrupted(result):
            raise KeyboardInterrupt
        return _day_run(day, result)

    def close(self) -> None:
        """Release the instance; what it recorded stays."""
        for reader in self._readers:
            reader.close()
        self._instance.dispose()

    def _require_free(self, day: date | None) -> None:
        if day is None:
            return
        at_work = dg.RunsFilter(tags={"dagster/partition": day.isoformat()}, statuses=AT_WORK)
        for run in self._instance.get_runs(filters=at_work):
            if self._has_locks and run.tags.get(MADE_BY) == COMMAND_LINE:
                # Its command would hold the lock that this one has now; a bucket has none, and there it may be at work.
                self._instance.report_run_failed(run, "The command that ran this ended without saying so.")
            else:
                raise InUseError(
                    f"The run {run.run_id} is at work on {day}; wait for it, or terminate it in the UI, then try again"
                )

    @cached_property
    def _instance(self) -> dg.DagsterInstance:
        # One for all runs: opening it costs as much as a step.
        if self._home is None:
            return dg.DagsterInstance.ephemeral()
        try:
            instance = dg.DagsterInstance.from_config(str(self._home))
        except (dg.DagsterError, YAMLError, ImportError, OSError, SQLAlchemyError) as error:
            # Dagster lists all that could stand in the file.
            said = f"{type(error).__name__}: {error}"[:300]
            raise SettingsError(
                f"The Dagster instance in {self._home} (DAGSTER_HOME) cannot be opened; see its dagster.yaml. {said}"
            ) from error
        self._readers = [_reading(path) for path in self._home.glob("history/**/*.db")]
        return instance

    def _job(self, name: str, assets: tuple[str, ...]) -> dg.JobDefinition:
        """Return a job, or a part of it, resolved once."""
        if (name, assets) not in self._jobs:
            job = self._definitions.resolve_job_def(name)
            if assets:
                job = job.get_subset(asset_selection={dg.AssetKey(asset) for asset in assets})
            self._jobs[name, assets] = job
        return self._jobs[name, assets]


def _reading(path: Path) -> sqlite3.Connection:
    """Return a connection that keeps one of Dagster's files open.

    Dagster closes its connection after each event. Where that is the last one, SQLite copies its write-ahead log into
    the file and flushes it to the disk, event after event; with a reader open it does so now and then.
    """
    reader = sqlite3.connect(path)
    reader.execute("SELECT count(*) FROM sqlite_master").fetchall()
    return reader


def _is_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a person stopped the run: to Dagster that is the failure of a step like any other."""
    sources = [event.step_failure_data.error_source for event in result.all_events if event.is_step_failure]
    return any(source is not None and source.value == "INTERRUPT" for source in sources)


def _day_run(day: date | None, result: dg.ExecuteInProcessResult) -> DayRun:
    failures = []
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            cause = error.cause if error and error.cause else error
            description = event.step_failure_data.user_failure_data
            message = description.description if description and description.description else None
            failures.append(f"{event.step_key}: {message or (cause.message.strip() if cause else 'failed')}")
    checks = [
        f"{check.asset_key.to_user_string()}: {check.check_name} ({check.description})"
        for check in result.get_asset_check_evaluations()
        if not check.passed
    ]
    metadata = {
        materialization.asset_key.to_user_string(): {
            name: value.value for name, value in materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
        for materialization in [event.step_materialization_data.materialization]
    }
    return DayRun(
        day=day,
        is_success=result.success,
        failures=tuple(failures),
        failed_checks=tuple(checks),
        metadata=metadata,
    )


def _listening(on_step: StepListener | None) -> dg.LoggerDefinition:
    """Return a logger that writes nothing and tells which step starts."""

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            event = getattr(record, "dagster_meta", {}).get("dagster_event")
            if on_step is not None and event is not None and event.event_type_value == "STEP_START":
                on_step(event.step_key)

    def make(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("podcast_insights.runs", level=logging.DEBUG)
        logger.addHandler(Listening())
        return logger

    return dg.LoggerDefinition(make, description="Tells the command line which step starts.")
