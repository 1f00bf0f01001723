"""The sensors that tell a person: one looks for late digests, stuck mails and dying feeds, one hears of failed runs.

What is worth telling is decided in ``operations/alerts.py``. The cursor of the first holds what was told and still
lasts. Where nobody wants alerts (``alerts`` in the settings), both look at nothing.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from podcast_insights.days import day_of, window_ending
from podcast_insights.defs.failures import as_dagster_failure
from podcast_insights.defs.resources import ClockResource, SenderResource, SettingsResource, StoreResource
from podcast_insights.web.redact import mask_mail

LOOK_INTERVAL_S = 600
MOST_REASONS = 10
# Of today and of the days whose mail was sent today and yesterday.
EDITIONS_WATCHED = 3
# A run of which nobody could be told for so long is given up, so that it keeps back no later one.
TOLD_WITHIN = timedelta(days=1)


class UntoldError(dg.DagsterError):
    """Nobody could be told of a run. After any error that is not Dagster's own, a run counts as told all the same."""


@dg.sensor(
    name="watch_sensor",
    minimum_interval_seconds=LOOK_INTERVAL_S,
    description="Tells the people in alerts of late digests, of mails that got stuck and of feeds that are dying.",
)
def watch_sensor(
    context: dg.SensorEvaluationContext,
    settings: SettingsResource,
    store: StoreResource,
    sender: SenderResource,
    clock: ClockResource,
) -> dg.SensorResult | dg.SkipReason:
    """Look, tell what was not told yet, and remember what lasts."""
    from podcast_insights.errors import DeliveryError
    from podcast_insights.feeds.health import feed_health
    from podcast_insights.operations.alert_channels import tell
    from podcast_insights.operations.alerts import dying_feeds, late_digest, stuck_mails, untold
    from podcast_insights.operations.timetable import late_day

    if not settings.alerts.anybody:
        return dg.SkipReason(
            "Nobody wants alerts: alerts.recipients is empty, and there is no webhook and no address for Apprise."
        )
    now = clock()
    with as_dagster_failure():
        late = late_day(store.digests.days(), settings.digest, now=now)
        health = feed_health(settings.shows, store.catalog.shows(), store.catalog.last_polls())
        editions = window_ending(day_of(now, settings.digest.zone), EDITIONS_WATCHED)
        stuck = [alert for day in editions for alert in stuck_mails(day, store.outbox.of_edition(day), now=now)]
        found = [*([late_digest(late, now=now)] if late else []), *stuck, *dying_feeds(health)]
        told = {key for alert in found for key in alert.keys} & _told(context.cursor)
        new = untold(found, told)
        for number, alert in enumerate(new):
            try:
                ways = tell(alert, settings, sender=sender, now=now)
            except DeliveryError as error:
                if not number:
                    raise
                # A tick that fails keeps no cursor: the next one would tell again what went out before this one.
                context.log.warning(mask_mail(str(error)))
                break
            context.log.info(mask_mail(f"{alert.title}: {', '.join(ways)}"))
            told |= alert.keys
    context.update_cursor(json.dumps(sorted(told)))
    if not found:
        return dg.SkipReason("Nothing needs a person.")
    left = untold(found, told)
    untold_yet = f" Not told yet: {len(left)}." if left else " All of it was told."
    return dg.SkipReason(
        f"What needs a person: {', '.join(alert.title for alert in found[:MOST_REASONS])}.{untold_yet}"
    )


@dg.run_failure_sensor(
    name="failed_run_sensor", description="Tells the people in alerts of each run that failed, with its reasons."
)
def failed_run_sensor(
    context: dg.RunFailureSensorContext, settings: SettingsResource, sender: SenderResource, clock: ClockResource
) -> dg.SkipReason | None:
    """Tell of one failed run, unless Dagster starts it again by itself."""
    from podcast_insights.operations.alert_channels import tell
    from podcast_insights.operations.alerts import failed_run

    run = context.dagster_run
    if not settings.alerts.anybody:
        return dg.SkipReason(
            "Nobody wants alerts: alerts.recipients is empty, and there is no webhook and no address for Apprise."
        )
    if run.tags.get("dagster/will_retry") == "true":
        return dg.SkipReason(f"The run {run.run_id} is started again by itself.")
    reasons = list(_reasons(context))[:MOST_REASONS] or [context.failure_event.message or "No step says why."]
    alert = failed_run(run.job_name, run.tags.get("dagster/partition"), run_id=run.run_id, reasons=reasons)
    now = clock()
    try:
        with as_dagster_failure():
            tell(alert, settings, sender=sender, now=now)
    except dg.Failure as error:
        if now - _ended_at(context.instance, run.run_id, now=now) < TOLD_WITHIN:
            raise UntoldError(f"{error.description} The next tick tries again.") from error
        raise
    return None


def _ended_at(instance: dg.DagsterInstance, run_id: str, *, now: datetime) -> datetime:
    record = instance.get_run_record_by_id(run_id)
    return datetime.fromtimestamp(record.end_time, UTC) if record and record.end_time else now


def _reasons(context: dg.RunFailureSensorContext) -> Iterator[str]:
    # A process that could not load the settings had no step that could say why.
    for entry in context.instance.all_logs(context.dagster_run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        error = entry.dagster_event.engine_event_data.error if entry.dagster_event else None
        if error is not None:
            yield error.message.strip()
    for event in context.get_step_failure_events():
        data = event.step_failure_data
        said = data.user_failure_data.description if data.user_failure_data else None
        yield f"{event.step_key}: {said or (data.error.message.strip() if data.error else 'failed')}"


def _told(cursor: str | None) -> frozenset[str]:
    try:
        content = json.loads(cursor or "[]")
    except ValueError:
        return frozenset()
    return frozenset(map(str, content)) if isinstance(content, list) else frozenset()
