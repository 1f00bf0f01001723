"""The sensor that sends what is missing: a mail that certainly did not arrive is tried again, and so is a digest.

When is decided in ``delivery/editions.py``, on the records of the outbox; so what a killed run left is sent, too. A
digest whose run died, as while the settings had a mistake, is asked for whole. Only editions that are still news are
looked at; an older one is sent when a person asks.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import dagster as dg

from podcast_insights.days import day_of, window_ending
from podcast_insights.defs.assets.delivery import digest_mail
from podcast_insights.defs.dead_runs import died_at
from podcast_insights.defs.failures import as_dagster_failure
from podcast_insights.defs.jobs import digest_job
from podcast_insights.defs.resources import ClockResource, SettingsResource, StoreResource
from podcast_insights.defs.run_tags import digest_tags, mail_tags
from podcast_insights.operations.timetable import deadline_of

LOOK_INTERVAL_S = 300
# No edition before these is news any more.
EDITIONS_WATCHED = 3


@dg.sensor(
    name="unsent_mail_sensor",
    job=digest_job,
    minimum_interval_seconds=LOOK_INTERVAL_S,
    description="Sends what the mail server put off or a killed run left, and makes a digest whose run died.",
)
def unsent_mail_sensor(
    context: dg.SensorEvaluationContext, settings: SettingsResource, store: StoreResource, clock: ClockResource
) -> Iterator[dg.RunRequest]:
    """Ask for a run of the mail alone for each edition of which a mail is due again; for all where its run died."""
    from podcast_insights.delivery.editions import due_again, is_current_edition
    from podcast_insights.operations.timetable import sends_at

    now = clock()
    today = day_of(now, settings.digest.zone)
    with as_dagster_failure():
        editions = [
            day
            for day in window_ending(today, EDITIONS_WATCHED)
            if is_current_edition(day, today=today, due_at=sends_at(day, settings.digest), now=now)
        ]
        tried = {day: due_again(store.outbox.of_edition(day), now=now) for day in editions}
        died = _died(context.instance, [day for day in editions if day < today], now=now)
    for day, ended_at in died.items():
        until = deadline_of(day, settings.digest)
        yield dg.RunRequest(
            run_key=f"digest:{day.isoformat()}:{ended_at.isoformat()}",
            partition_key=day.isoformat(),
            tags=digest_tags(day, today=today, until=until),
        )
    for day, tried_at in tried.items():
        if tried_at is not None and _is_free(context.instance, day):
            yield dg.RunRequest(
                run_key=f"mail:{day.isoformat()}:{tried_at.isoformat()}",
                partition_key=day.isoformat(),
                asset_selection=[digest_mail.key],
                tags=mail_tags(),
            )


def _died(instance: dg.DagsterInstance, days: Sequence[date], *, now: datetime) -> dict[date, datetime]:
    """Return the days whose digest's run died and is due again, with when it did."""
    found = {day: died_at(instance, day, now=now, job=digest_job.name) for day in days}
    return {day: ended_at for day, ended_at in found.items() if ended_at is not None}


def _is_free(instance: dg.DagsterInstance, day: date) -> bool:
    """Whether no run of the day's digest is at work, and the last one did not fail at the mail.

    After such a failure a person was told, and mends the cause. One that failed at something else, or was killed, says
    nothing against the mail.
    """
    of_day = dg.RunsFilter(job_name=digest_job.name, tags={"dagster/partition": day.isoformat()})
    last = next(iter(instance.get_runs(filters=of_day, limit=1)), None)
    if last is None or last.status == dg.DagsterRunStatus.SUCCESS:
        return True
    if last.status != dg.DagsterRunStatus.FAILURE:
        return False
    mail = instance.get_run_step_stats(last.run_id, step_keys=[digest_mail.op.name])
    return not any(step.status is not None and step.status.value == "FAILURE" for step in mail)
