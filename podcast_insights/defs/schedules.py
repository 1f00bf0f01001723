"""The schedule: every morning, at the reader's time, the digest of the day before."""

from datetime import timedelta

import dagster as dg

from podcast_insights.days import day_of
from podcast_insights.defs.jobs import digest_job
from podcast_insights.settings import DigestSettings


def build_digest_schedule(settings: DigestSettings) -> dg.ScheduleDefinition:
    """Return the schedule at ``digest.send_at`` in ``digest.timezone``.

    Written by hand because today is a partition: a schedule made from the partitions would ask for today.
    """

    @dg.schedule(
        name="daily_digest_schedule",
        job=digest_job,
        cron_schedule=f"{settings.send_at.minute} {settings.send_at.hour} * * *",
        execution_timezone=settings.timezone,
        description="Every morning: the digest of the day before, built, published and sent.",
    )
    def daily_digest_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = day_of(context.scheduled_execution_time, settings.zone) - timedelta(days=1)
        return dg.RunRequest(run_key=day.isoformat(), partition_key=day.isoformat())

    return daily_digest_schedule
