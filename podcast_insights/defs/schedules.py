"""The schedule: every morning, at the reader's time, the digest of the day before, and of days that were missed."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

import dagster as dg

from podcast_insights.days import day_of
from podcast_insights.defs.jobs import digest_job
from podcast_insights.defs.resources import StoreResource
from podcast_insights.defs.run_tags import digest_tags
from podcast_insights.operations.timetable import deadline_of, missed_days
from podcast_insights.settings import DigestSettings


def build_digest_schedule(settings: DigestSettings) -> dg.ScheduleDefinition:
    """Return the schedule at ``digest.send_at`` in ``digest.timezone``.

    Written by hand because today is a partition: a schedule made from the partitions would ask for today. Of the ticks
    that it missed, Dagster makes up for the last one only; the days of the others are asked for here.
    """

    @dg.schedule(
        name="daily_digest_schedule",
        job=digest_job,
        cron_schedule=f"{settings.send_at.minute} {settings.send_at.hour} * * *",
        execution_timezone=settings.timezone,
        description="Every morning: the digest of the day before, built, published and sent, after those missed.",
    )
    def daily_digest_schedule(context: dg.ScheduleEvaluationContext, store: StoreResource) -> list[dg.RunRequest]:
        today = day_of(context.scheduled_execution_time, settings.zone)
        return list(digest_requests(store.digests.days(), settings, today=today))

    return daily_digest_schedule


def digest_requests(made: Collection[date], settings: DigestSettings, *, today: date) -> Iterator[dg.RunRequest]:
    """Yield a request for each day that was missed, oldest first, and for yesterday, from the first day on."""
    yesterday = today - timedelta(days=1)
    for day in missed_days(made, settings, day=yesterday):
        # The day of asking is in the key: what failed then is asked for again the next morning.
        yield _request(day, f"{day.isoformat()}:missed:{today.isoformat()}", settings, today)
    if yesterday >= settings.start_date:
        yield _request(yesterday, yesterday.isoformat(), settings, today)


def _request(day: date, run_key: str, settings: DigestSettings, today: date) -> dg.RunRequest:
    until = deadline_of(today - timedelta(days=1), settings)
    return dg.RunRequest(
        run_key=run_key, partition_key=day.isoformat(), tags=digest_tags(day, today=today, until=until)
    )
