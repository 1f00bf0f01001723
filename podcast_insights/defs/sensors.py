"""The sensor: polls feeds that are due, and asks for a run of each recent day that got new episodes.

What is asked for follows from the catalogue and the cursor alone, not from what this tick polled: a tick that fails or
is cut off loses nothing, because the next one sees the same difference. The cursor holds a fingerprint of each recent
day's episodes and of which may be processed by now, and the run key repeats it, so nothing is asked for twice. Days
before the digest's window are left to backfills: a new show with years of episodes must not start years of runs.

A recent day is also asked for again where something of it may work now that did not before, or where the process of its
last run died. Nothing is asked for while a digest is due and not made: its run shall find the recogniser free.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

import dagster as dg

from podcast_insights.days import day_of, window_ending
from podcast_insights.defs.assets.feeds import poll_and_record, poll_metadata
from podcast_insights.defs.dead_runs import died_at
from podcast_insights.defs.failures import as_dagster_failure
from podcast_insights.defs.jobs import ingest_job
from podcast_insights.defs.metadata import stage_metadata
from podcast_insights.defs.resources import ClockResource, SettingsResource, StoreResource, WebResource
from podcast_insights.defs.run_tags import AGAIN, NEW_EPISODES, ingest_tags
from podcast_insights.operations.retries import RETRIED_STAGES, SkippedItem, days_due_again, skipped_items
from podcast_insights.operations.timetable import awaited_day, next_send
from podcast_insights.settings import DigestSettings

if TYPE_CHECKING:
    from podcast_insights.storage.store import Store

TICK_INTERVAL_S = 300


@dg.sensor(
    name="new_episodes_sensor",
    job=ingest_job,
    minimum_interval_seconds=TICK_INTERVAL_S,
    description="Polls feeds that are due and processes each recent day that got new episodes.",
)
def new_episodes_sensor(
    context: dg.SensorEvaluationContext,
    settings: SettingsResource,
    store: StoreResource,
    web: WebResource,
    clock: ClockResource,
) -> dg.SensorResult:
    """Poll, compare each recent day's episodes with the cursor, and ask for the days that differ."""
    now = clock()
    today = day_of(now, settings.digest.zone)
    with as_dagster_failure():
        report = poll_and_record(settings, store, web, clock, only_due=True, budget_s=settings.feeds.sensor_budget_s)
        recent = recent_days(store.catalog.fingerprints_by_day(now=now), settings.digest, today=today)
        awaited = awaited_day(store.digests.days(), settings.digest, now=now)
        again = {} if awaited else dict(days_due_again(_skipped(store, recent), now=now))
        if not awaited:
            again |= _died(context.instance, recent, now=now)
    polled = dg.AssetMaterialization("feeds", metadata=stage_metadata(len(report.shows), **poll_metadata(report)))
    before = _read_cursor(context.cursor)
    requests = run_requests(
        {} if awaited else recent, before=before, again=again, until=next_send(now, settings.digest)
    )
    return dg.SensorResult(
        run_requests=list(requests),
        cursor=json.dumps(before if awaited else recent, sort_keys=True),
        asset_events=[polled] if report.polls else [],
    )


def recent_days(fingerprints: Mapping[date, str], settings: DigestSettings, *, today: date) -> dict[str, str]:
    """Return the fingerprints of the days that a digest still considers, by partition key."""
    window = window_ending(today, settings.lookback_days + 1)
    return {day.isoformat(): fingerprints[day] for day in window if day in fingerprints and day >= settings.start_date}


def run_requests(
    recent: Mapping[str, str], *, before: Mapping[str, str], again: Mapping[date, datetime], until: datetime
) -> Iterator[dg.RunRequest]:
    """Yield a request for each day whose episodes changed or of which something is due again, the newest day first.

    Args:
        recent: The fingerprint of each recent day's episodes.
        before: What the tick before saw.
        again: The days that are due again, with when they were last tried.
        until: When the runs have to leave the recogniser to the next digest.
    """
    for day in sorted(recent, reverse=True):
        tried_at = again.get(date.fromisoformat(day))
        if before.get(day) != recent[day]:
            key, priority = f"{day}:{recent[day]}", NEW_EPISODES
        elif tried_at is not None:
            key, priority = f"{day}:again:{tried_at.isoformat()}", AGAIN
        else:
            continue
        yield dg.RunRequest(partition_key=day, run_key=key, tags=ingest_tags(priority, until))


def _skipped(store: "Store", recent: Mapping[str, str]) -> dict[date, tuple[SkippedItem, ...]]:
    days = [date.fromisoformat(day) for day in recent]
    return {day: skipped_items(row for stage in RETRIED_STAGES for row in store.skipped.of(stage, day)) for day in days}


def _died(instance: dg.DagsterInstance, recent: Mapping[str, str], *, now: datetime) -> dict[date, datetime]:
    days = {date.fromisoformat(day) for day in recent}
    return {day: ended_at for day in days if (ended_at := died_at(instance, day, now=now)) is not None}


def _read_cursor(cursor: str | None) -> dict[str, str]:
    try:
        content = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
