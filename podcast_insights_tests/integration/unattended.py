"""A machine that runs by itself, in this process and in the test's time: the real daemon's functions, called in turn.

``turn`` is what its threads do: the schedule, the sensors, starting runs again whose process died, and the queue, over
an instance as ``dagster.example.yaml`` describes it. Where the settings have a mistake, the process of a run ends as
Dagster's does, by Dagster's own function; else it does what the assets' own functions do (``crash/a_day.py``), because
whole runs take seconds.
"""

import logging
import sqlite3
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster._core.launcher import LaunchRunContext
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.remote_origin import CodeLocationOrigin, InProcessCodeLocationOrigin
from dagster._core.test_utils import freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceLoadTarget
from dagster._daemon.auto_run_reexecution.event_log_consumer import EventLogConsumerDaemon
from dagster._daemon.run_coordinator import QueuedRunCoordinatorDaemon
from dagster._daemon.sensor import execute_sensor_iteration
from dagster._grpc.impl import core_execute_run
from dagster._scheduler.scheduler import launch_scheduled_runs
from dagster._time import get_current_datetime
from dagster._utils.hosted_user_process import recon_job_from_origin

from podcast_insights.bundled import bundled_path
from podcast_insights.defs.assets.delivery import MailConfig, digest_mail
from podcast_insights.defs.assets.feeds import FeedsConfig, feeds
from podcast_insights.errors import SettingsError
from podcast_insights.settings import Settings, load_settings
from podcast_insights.storage.store import Store
from podcast_insights_tests.crash.a_day import SENTENCES, STAGES, context_of, resources_of, run_asset
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer
from podcast_insights_tests.integration.unattended_location import loading_again

LOCATION = "podcast_insights_tests.integration.unattended_location"
SWITCHED_ON = ("new_episodes_sensor", "unsent_mail_sensor")
LOG = logging.getLogger(__name__)


class QuickLauncher(SyncInMemoryRunLauncher):
    """Starts a run's process and waits for it; the process is this one, and has loaded nothing yet."""

    def launch_run(self, context: LaunchRunContext) -> None:
        instance, run = self._instance, context.dagster_run
        try:
            settings = load_settings()
        except SettingsError:
            job = recon_job_from_origin(context.job_code_origin)  # type: ignore[arg-type]
            with loading_again(), suppress(SettingsError):  # the process ends with it, after it has told the instance
                deque(core_execute_run(job, run, instance, inject_env_vars=False), maxlen=0)
            return
        work_on(run, settings)
        done = dg.DagsterEvent(event_type_value="PIPELINE_SUCCESS", job_name=run.job_name)
        instance.report_dagster_event(done, run_id=run.run_id)


def work_on(run: dg.DagsterRun, settings: Settings) -> None:
    """Do what matters of a run: a digest, its mail, or the episodes of a day."""
    context = context_of(date.fromisoformat(run.tags["dagster/partition"]), run.tags)
    is_digest = run.job_name == "digest_job"
    is_mail_alone = run.asset_selection == {digest_mail.key}
    with resources_of(settings, get_current_datetime()) as given:
        if is_digest and not is_mail_alone:
            run_asset(feeds, given, config=FeedsConfig())
        for stage in () if is_mail_alone else STAGES if is_digest else STAGES[:-1]:
            run_asset(stage, given, context=context)
        if is_digest:
            run_asset(digest_mail, given, context=context, config=MailConfig())


class BothLocations(WorkspaceLoadTarget):
    """The project and its neighbour, in this process."""

    def create_origins(self) -> Sequence[CodeLocationOrigin]:
        return [
            InProcessCodeLocationOrigin(
                LoadableTargetOrigin(executable_path=sys.executable, module_name=LOCATION, attribute=name),
                location_name=name,
            )
            for name in ("project", "neighbour")
        ]


class Unattended:
    """The machine: its settings are ``path``, what it made is in ``store``."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance, web: PodcastServer) -> None:
        self.path = folder / "podcasts.yaml"
        self.store = Store(str(folder / "data"))
        self.instance = instance
        self._web = web
        self._items: list[Item] = []
        self._times: dict[str, Any] = {}
        self._workspace: WorkspaceProcessContext | None = None

    @property
    def workspace(self) -> WorkspaceProcessContext:
        assert self._workspace is not None
        return self._workspace

    def writes(self, **more: Any) -> None:
        """Write the settings, with more or other sections."""
        settings = {
            "shows": [{"url": self._web.publishes("Unattended", self._items), "transcripts": "publisher"}],
            "feeds": {"allow_hosts": ["127.0.0.1"]},
            "digest": {"start_date": "2026-11-01", "send_at": "06:30"},
            "insights": {"extractor": "embedded"},
            "delivery": {"recipients": [{"address": "ada@example.org"}]},
        }
        self.path.write_text(yaml.safe_dump(settings | more), encoding="utf-8")

    def publishes(self, *days: date) -> None:
        """List two episodes of each day in the feed."""
        for day in days:
            for topic, sentences in SENTENCES.items():
                cues = [
                    f"00:00:{8 * at:02d}.000 --> 00:00:{8 * at + 8:02d}.000\n{s}\n" for at, s in enumerate(sentences)
                ]
                # Each has words of its own: two episodes with the same words are one that was published twice.
                text = "\n".join(["WEBVTT\n", *cues]).replace("three", f"{day.day}")
                path = f"/{topic}-{day}.vtt"
                self._web.serves(path, text.encode(), "text/vtt")
                noon = datetime.combine(day, time(12), tzinfo=UTC)
                self._items.append(Item(title=f"{topic} {day}", published_at=noon, transcript=path, duration_s=32))
        self._web.publishes("Unattended", self._items)

    def begins(self, at: datetime) -> None:
        """Load the locations, and switch on what a person switches on."""
        with freeze_time(at):
            with loading_again():
                self._workspace = WorkspaceProcessContext(self.instance, BothLocations())
            location = self.workspace.create_request_context().get_code_location("project")
            (repository,) = location.get_repositories().values()
            for schedule in repository.get_schedules():
                self.instance.start_schedule(schedule)
            for sensor in repository.get_sensors():
                if sensor.name in SWITCHED_ON:
                    self.instance.start_sensor(sensor)

    def reloads(self) -> str | None:
        """Load the locations again, as the daemon does every minute; return what is shown where ours cannot be."""
        with loading_again():
            self.workspace.refresh_workspace()
        entry = self.workspace.create_request_context().get_code_location_entries()["project"]
        return entry.load_error.to_string() if entry.load_error else None

    def turn(self, at: datetime, *, rounds: int = 1) -> list[str]:
        """Do all that the daemon does at a time, so often that runs that were queued are done; return its errors."""
        errors: list[Any] = []
        with freeze_time(at):
            for _ in range(rounds):
                errors += launch_scheduled_runs(self.workspace, LOG, get_current_datetime(), self._times)
                errors += execute_sensor_iteration(self.workspace, LOG, None, None)
                errors += EventLogConsumerDaemon().run_iteration(self.workspace)
                errors += QueuedRunCoordinatorDaemon(interval_seconds=1).run_iteration(self.workspace)
        return [error.to_string() for error in errors if error is not None]

    def runs(self, job: str) -> list[tuple[str, str]]:
        """Return the day and the status of each run of a job, oldest first."""
        found = self.instance.get_runs(filters=dg.RunsFilter(job_name=job))
        return [(run.tags["dagster/partition"], run.status.value) for run in reversed(found)]

    def ticks_of_neighbour(self) -> int:
        """Return how often the neighbour's sensor was called."""
        location = self.workspace.create_request_context().get_code_location("neighbour")
        (repository,) = location.get_repositories().values()
        (sensor,) = repository.get_sensors()
        return len(self.instance.get_ticks(sensor.get_remote_origin_id(), sensor.selector_id))

    def sent(self) -> list[tuple[date, int]]:
        """Return each edition that was sent, with how often it was tried."""
        return sorted((row.edition_date, row.attempts) for row in self.store.outbox.rows() if row.state == "sent")


@contextmanager
def kept_open(home: Path) -> Iterator[None]:
    """Keep each of Dagster's files open: where its connection is the last one, SQLite flushes after each event."""
    with ExitStack() as stack:
        for path in home.rglob("*.db"):
            stack.enter_context(closing(sqlite3.connect(path))).execute("SELECT * FROM sqlite_master").fetchall()
        yield


@contextmanager
def unattended(folder: Path) -> Iterator[Unattended]:
    """Yield a machine with its instance and its feed; ``PODCAST_INSIGHTS_CONFIG`` has to name its settings."""
    home = folder / "home"
    home.mkdir()
    instance_settings = yaml.safe_load(bundled_path("dagster.example.yaml").read_text(encoding="utf-8"))
    instance_settings["run_launcher"] = {"module": __name__, "class": QuickLauncher.__name__}
    # One file for the events of all runs: making one for each takes longer than such a run.
    instance_settings["event_log_storage"] = {
        "module": "dagster._core.storage.event_log",
        "class": "ConsolidatedSqliteEventLogStorage",
        "config": {"base_dir": str(home / "history")},
    }
    (home / "dagster.yaml").write_text(yaml.safe_dump(instance_settings), encoding="utf-8")
    with PodcastServer().running() as web, dg.DagsterInstance.from_config(str(home)) as instance, kept_open(home):
        machine = Unattended(folder, instance, web)
        machine.writes()
        yield machine
        if machine._workspace is not None:
            machine._workspace.__exit__(None, None, None)
