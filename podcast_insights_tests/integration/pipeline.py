"""Settings for shows on loopback, and runs of the real jobs over them, in this process or in one of their own."""

import json
import multiprocessing
import os
import signal
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import dagster as dg

from podcast_insights.definitions import build_definitions
from podcast_insights.defs.runs import DayRun, Runner, StepListener
from podcast_insights.settings import (
    DigestSettings,
    FeedSettings,
    InsightSettings,
    Settings,
    ShowSettings,
    StorageSettings,
    TranscriptionSettings,
)
from podcast_insights.storage.store import Store

DAY = date(2026, 11, 9)
NEXT_DAY = DAY + timedelta(days=1)
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
DAY_ASSETS = ("episodes", "chapters", "publisher_transcripts", "audio", "transcripts", "insights", "daily_digest")


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def settings_for(
    base: Path | str,
    feeds: Sequence[str],
    *,
    model: Path | str = "/no-such-model.pt",
    policy: str = "auto",
    insights: InsightSettings | None = None,
    batch_size: int = 8,
    digest: DigestSettings | None = None,
) -> Settings:
    """Return settings for feeds on loopback; without a model, nothing is transcribed and nothing downloaded."""
    return Settings(
        shows=tuple(ShowSettings(url=url, transcripts=policy) for url in feeds),  # type: ignore[arg-type]
        feeds=FeedSettings(allow_hosts=("127.0.0.1",)),
        digest=digest or DigestSettings(start_date=DAY),
        transcription=TranscriptionSettings(model=str(model), device="cpu", batch_size=batch_size, threads=1),
        insights=insights or InsightSettings(extractor="embedded"),
        storage=StorageSettings(base_url=str(base)),
    )


class Pipeline:
    """The real assets over one set of settings; the clock stands at ``NOW`` unless another is given."""

    def __init__(self, settings: Settings, *, now: datetime = NOW, on_step: StepListener | None = None) -> None:
        clock = dg.ResourceDefinition.hardcoded_resource(lambda: now)
        self.settings = settings
        self.store = Store(settings.storage.base_url)
        self._runner = Runner(settings, home=None, resources={"clock": clock}, on_step=on_step)

    def poll(self, day: date = DAY) -> DayRun:
        """Ask every feed now; any day that there can be will do."""
        return self._runner.run("digest_job", day, assets=["feeds"], config={"feeds": {"only_due": False}})

    def make(self, day: date = DAY, *assets: str) -> DayRun:
        """Make a day as far as its digest, or some of its assets."""
        return self._runner.run("digest_job", day, assets=assets or DAY_ASSETS)

    def publish(self) -> DayRun:
        """Make what is made from all digests."""
        return self._runner.run("publish_job", None)

    def close(self) -> None:
        """Release what the runs used."""
        self._runner.close()


def fail_at_once(settings: Settings, home: Path, day: date, *assets: str) -> tuple[str, ...]:
    """Make assets of a day as a deployment does, but without waiting to try again; return what failed."""
    job = dg.build_reconstructable_job(__name__, "define_digest_job", (settings.model_dump_json(),))
    with (
        dg.DagsterInstance.local_temp(str(home)) as instance,
        dg.execute_job(
            job,
            instance=instance,
            asset_selection=[dg.AssetKey(name) for name in assets],
            tags={"dagster/partition": day.isoformat()},
            run_config={"execution": {"config": {"retries": {"disabled": {}}}}},
        ) as result,
    ):
        failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
        return tuple(failure.description or "" for failure in failures if failure)


def define_digest_job(settings: str) -> dg.JobDefinition:
    """Return the job for settings in JSON; Dagster calls it by name."""
    return build_definitions(Settings(**json.loads(settings))).resolve_job_def("digest_job")


def start_run(settings: Settings, day: date, *assets: str) -> SpawnProcess:
    """Start making a day in a process of its own."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_make, args=(settings.model_dump(), day, assets))
    process.start()
    return process


def kill(process: SpawnProcess) -> None:
    """End a process as a power cut does."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


def _make(settings: dict[str, Any], day: date, assets: Sequence[str]) -> None:
    with closing(Pipeline(Settings(**settings))) as pipeline:
        run = pipeline.make(day, *assets)
    raise SystemExit(0 if run.is_success else f"{run.failures}")
