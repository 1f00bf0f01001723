"""The deployment of ``deploy/`` at work, in the order of a day: new episodes, a backlog, accidents, the digest.

Real processes: PostgreSQL, Redis, moto's S3 server, Dagster's code server, daemon and web server, two Celery workers.
"""

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from podcast_insights.settings import DigestSettings
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.store import Store
from podcast_insights_tests.integration.pipeline import DAY_ASSETS as TO_DIGEST
from podcast_insights_tests.integration.pipeline import Pipeline, settings_for
from podcast_insights_tests.integration.tables import Rows, timeless_rows
from podcast_insights_tests.services.conftest import DAYS, Story, zone_at_noon
from podcast_insights_tests.services.deployment import BASE_URL, WORKERS
from podcast_insights_tests.services.processes import program, wait_until

DAY_ASSETS = TO_DIGEST[:-1]
COMPARED = (
    "feed_items",
    "episodes",
    "chapters",
    "publisher_transcripts",
    "transcripts",
    "segments",
    "insights",
    "skipped",
    "digest_entries",
)
HELD_DAY = 3
# Every secret of the deployment begins with it.
PLANTED = "planted-"


@pytest.mark.parametrize("hour", range(24))
def test_at_every_hour_there_is_a_reader_whose_midnight_is_far(hour: int) -> None:
    now = datetime(2026, 11, 9, hour, 59, tzinfo=UTC)
    here = now.astimezone(zone_at_noon(now))
    assert (here.hour, here.minute) == (12, 59)


def process_of(story: Story, run: str) -> int:
    """Return the id of the process that works on a run, as its event log says."""

    def found() -> int:
        said = "\n".join(story.deployment.web.messages_of(run))
        match = re.search(r"in process \(pid: (\d+)\)", said)
        return int(match[1]) if match else 0

    return wait_until(found, f"a process of run {run}", timeout_s=240, processes=story.deployment.processes)


def runs_of_day(story: Story, day: str) -> list[Mapping[str, Any]]:
    return story.deployment.web.runs(dagster__partition=day)


def test_the_sensor_polls_and_new_episodes_are_processed(story: Story) -> None:
    web, processes = story.deployment.web, story.deployment.processes

    found = wait_until(
        lambda: web.runs(dagster__sensor_name="new_episodes_sensor"), "a run", timeout_s=240, processes=processes
    )

    (run,) = found
    assert run["tags"]["dagster/partition"] == story.yesterday.isoformat()
    assert run["tags"]["dagster/priority"] == "50"
    web.wait_for(run["runId"], "SUCCESS", timeout_s=400)
    assert len(Store(BASE_URL).transcripts.of_day(story.yesterday)) == 2


def test_a_backfill_completes_although_a_worker_is_lost_half_way(story: Story) -> None:
    web, processes = story.deployment.web, story.deployment.processes
    held = story.server.holds(f"/trees{HELD_DAY}.vtt")
    lost_day = story.past_days[HELD_DAY - 1].isoformat()

    backfill = web.backfill("ingest_job", [day.isoformat() for day in story.past_days])
    wait_until(held.is_asked.is_set, "the run of the held day", timeout_s=400, processes=processes)
    (lost,) = runs_of_day(story, lost_day)
    lost_worker = processes.name_of(process_of(story, lost["runId"]))
    processes.kill(lost_worker)
    held.is_released.set()

    wait_until(
        lambda: Counter(run["status"] for run in web.runs(dagster__backfill=backfill))["SUCCESS"] == DAYS,
        f"{DAYS} days, of which there is {Counter(run['status'] for run in web.runs(dagster__backfill=backfill))}",
        timeout_s=600,
        processes=processes,
    )
    again, first = runs_of_day(story, lost_day)
    assert lost_worker in WORKERS
    assert (first["runId"], first["status"]) == (lost["runId"], "FAILURE")
    assert (again["parentRunId"], again["status"]) == (lost["runId"], "SUCCESS")
    assert any("nobody is at work on it" in message for message in web.messages_of(lost["runId"]))
    story.deployment.start_worker(lost_worker)


def test_a_run_whose_process_is_killed_is_started_again(story: Story) -> None:
    web, processes = story.deployment.web, story.deployment.processes
    day = story.other_day.isoformat()
    held = story.server.holds(f"/trees{DAYS + 1}.vtt")

    killed = web.launch("ingest_job", day)
    wait_until(held.is_asked.is_set, "its request", timeout_s=240, processes=processes)
    os.kill(process_of(story, killed), signal.SIGKILL)
    held.is_released.set()
    web.wait_for(killed, "FAILURE", timeout_s=240)
    again = wait_until(
        lambda: [run for run in runs_of_day(story, day) if run["parentRunId"] == killed],
        "a second run",
        timeout_s=240,
        processes=processes,
    )

    web.wait_for(again[0]["runId"], "SUCCESS", timeout_s=240)


def test_the_schedule_makes_and_sends_yesterdays_digest(story: Story) -> None:
    web, processes = story.deployment.web, story.deployment.processes

    found = wait_until(
        lambda: web.runs(dagster__schedule_name="daily_digest_schedule"),
        "a tick",
        timeout_s=400,
        processes=processes,
    )

    (run,) = found
    assert run["tags"]["dagster/partition"] == story.yesterday.isoformat()
    web.wait_for(run["runId"], "SUCCESS", timeout_s=400)
    store = Store(BASE_URL)
    assert store.digests.days() == (story.yesterday,)
    assert [(row.edition_date, row.state) for row in store.outbox.rows()] == [(story.yesterday, "sent")]
    assert len(list(store.mail.glob("*.eml"))) == 1


def test_no_secret_is_told_where_none_belongs(story: Story) -> None:
    deployment, store = story.deployment, Store(BASE_URL)
    secrets = [value for value in deployment.environment.values() if PLANTED in value]
    database = deployment.environment["DAGSTER_POSTGRES_URL"].replace("+psycopg2", "")
    dump = subprocess.run([program("pg_dump"), "--inserts", database], check=True, capture_output=True).stdout
    files = [path for folder in ("logs", "home") for path in (deployment.folder / folder).rglob("*") if path.is_file()]
    objects = [path for path in store.base.rglob("*") if path.suffix in {".json", ".html", ".xml", ".eml", ".txt"}]
    with store.warehouse.connect([table.name for table in TABLES]) as connection:
        rows = {
            table.name: repr(connection.execute(f'SELECT * FROM "{table.name}"').fetchall()).encode()
            for table in TABLES
        }

    told = {"PostgreSQL": dump, **rows, **{str(path): path.read_bytes() for path in (*files, *objects)}}
    assert len(secrets) >= 6
    assert b"ASSET_MATERIALIZATION" in dump
    assert b"Private" in rows["shows"]
    assert {path.suffix for path in objects} >= {".json", ".html", ".eml"}
    assert [place for place, content in told.items() if PLANTED.encode() in content] == []


def test_the_rows_are_those_of_one_process_on_one_machine(story: Story, tmp_path: Any) -> None:
    digest = DigestSettings(**story.settings["digest"])
    settings = settings_for(tmp_path / "data", [story.feed], digest=digest)
    days = [*story.past_days, story.yesterday, story.other_day]
    with closing(Pipeline(settings, now=datetime.now(UTC))) as alone:
        runs = [
            alone.poll(story.yesterday),
            *(alone.make(day, *DAY_ASSETS) for day in days),
            alone.make(story.yesterday, "daily_digest"),
        ]
        expected = timeless_rows(alone.store)

    assert [run.failures for run in runs if not run.is_success] == []
    found = timeless_rows(Store(BASE_URL))
    assert len(found["transcripts"]) == 2 * (DAYS + 2)
    for table in COMPARED:
        assert without_private(found[table]) == without_private(expected[table]), table


def without_private(rows: Rows) -> list[tuple[Any, ...]]:
    """Return rows without those of the feed that only the deployment has."""
    return [row for row in rows if not any("private" in str(cell).lower() for cell in row)]
