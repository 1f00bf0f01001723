"""The schedule asks for the digest of the day before, once each morning, whatever the clocks do."""

import itertools
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from podcast_insights.defs.jobs import digest_job
from podcast_insights.defs.run_tags import NEW_EPISODES, UNTIL
from podcast_insights.defs.schedules import build_digest_schedule, digest_requests
from podcast_insights.operations.timetable import sends_at
from podcast_insights.settings import DigestSettings
from podcast_insights.storage.store import Store

BERLIN = ZoneInfo("Europe/Berlin")


def requests_from(settings: DigestSettings, start: datetime, ticks: int) -> list[tuple[datetime, dg.RunRequest]]:
    """Return what the schedule asks for at its first ticks, at the times at which Dagster's own daemon calls it."""
    schedule = build_digest_schedule(settings)
    store = Store("memory://no-digests")
    times = schedule_execution_time_iterator(
        start.timestamp(), schedule.cron_schedule, schedule.execution_timezone, ascending=True
    )
    asked = []
    for at in itertools.islice(times, ticks):
        context = dg.build_schedule_context(scheduled_execution_time=at)
        (request,) = schedule(context, store=store)
        assert isinstance(request, dg.RunRequest)
        asked.append((at, request))
    return asked


def test_asks_for_the_day_before_at_the_readers_time() -> None:
    settings = DigestSettings(timezone="America/New_York", send_at=time(7, 45))

    ((at, request),) = requests_from(settings, datetime(2026, 6, 1, tzinfo=ZoneInfo("America/New_York")), 1)

    assert at == datetime(2026, 6, 1, 7, 45, tzinfo=ZoneInfo("America/New_York"))
    assert (request.partition_key, request.run_key) == ("2026-05-31", "2026-05-31")
    assert build_digest_schedule(settings).job_name == digest_job.name


@pytest.mark.parametrize("clocks_change", [date(2026, 3, 29), date(2026, 10, 25)], ids=["spring", "autumn"])
@pytest.mark.parametrize("send_at", [time(0, 0), time(2, 30), time(6, 30), time(23, 59)], ids=str)
def test_each_day_is_asked_for_once_where_clocks_change(clocks_change: date, send_at: time) -> None:
    settings = DigestSettings(timezone="Europe/Berlin", send_at=send_at)
    start = datetime.combine(clocks_change - timedelta(days=2), time.min, tzinfo=BERLIN)

    asked = [request for _, request in requests_from(settings, start, 6)]

    days = list(dict.fromkeys(request.run_key for request in asked))
    first = clocks_change - timedelta(days=3)
    assert days == [(first + timedelta(days=number)).isoformat() for number in range(len(days))]
    # Where Dagster ticks twice in an hour that comes twice, the run key makes one run of both.
    assert len(days) >= 5
    assert all(request.partition_key == request.run_key for request in asked)


@pytest.mark.parametrize("clocks_change", [date(2026, 3, 29), date(2026, 10, 25)], ids=["spring", "autumn"])
@pytest.mark.parametrize("send_at", [time(2, 0), time(2, 30), time(3, 0)], ids=str)
def test_no_digest_is_due_before_the_schedule_can_ask_for_it(clocks_change: date, send_at: time) -> None:
    """Due an hour before, it would be told of as late, and wait an hour less for transcripts."""
    settings = DigestSettings(timezone="Europe/Berlin", send_at=send_at)
    start = datetime.combine(clocks_change, time.min, tzinfo=BERLIN)

    ((at, request),) = requests_from(settings, start, 1)

    due = sends_at(date.fromisoformat(str(request.partition_key)), settings)
    assert timedelta() <= due - at <= timedelta(minutes=30)


@pytest.mark.parametrize(("today", "days"), [(12, []), (13, []), (14, ["2026-11-13"])])
def test_no_day_before_the_first_one_is_asked_for(today: int, days: list[str]) -> None:
    settings = DigestSettings(start_date=date(2026, 11, 13))

    requests = digest_requests((), settings, today=date(2026, 11, today))

    assert [request.partition_key for request in requests] == days


def test_days_that_were_missed_are_made_first_the_oldest_before_the_others() -> None:
    settings = DigestSettings(wait_minutes=90)
    made = [date(2026, 11, 8), date(2026, 11, 10)]

    requests = list(digest_requests(made, settings, today=date(2026, 11, 13)))

    assert [request.partition_key for request in requests] == ["2026-11-09", "2026-11-11", "2026-11-12"]
    priorities = [int(request.tags["dagster/priority"]) for request in requests]
    assert priorities == sorted(priorities, reverse=True)
    assert min(priorities) > NEW_EPISODES
    assert {request.tags[UNTIL] for request in requests} == {"2026-11-13T08:00:00+00:00"}


def test_a_missed_day_that_fails_is_asked_for_again_the_next_morning() -> None:
    made, settings = [date(2026, 11, 8)], DigestSettings()
    keys = [
        request.run_key
        for today in (date(2026, 11, 11), date(2026, 11, 12))
        for request in digest_requests(made, settings, today=today)
        if request.partition_key == "2026-11-09"
    ]

    assert len(set(keys)) == 2
