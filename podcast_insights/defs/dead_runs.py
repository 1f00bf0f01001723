"""Runs that failed although none of their steps did: the process could not load the settings, or was killed.

Dagster starts such a run twice more within minutes; a typo in the settings or a machine without memory lasts longer.
The sensors ask for it again after a pause, as for what a run recorded as worth trying again
(``operations/retries.py``). A run of which a step failed is not looked at here: its step has a reason, and what may
work later stands in ``skipped``.
"""

from datetime import UTC, date, datetime

import dagster as dg

from podcast_insights.operations.retries import is_due_again, pause_after_attempts

# More than the longest pause ever needs.
_MOST_RUNS = 40


def died_at(instance: dg.DagsterInstance, day: date, *, now: datetime, job: str | None = None) -> datetime | None:
    """Return when the last run of a day (of a job, where one is named) died, where it is due again; else None."""
    of_day = dg.RunsFilter(job_name=job, tags={"dagster/partition": day.isoformat()})
    records = instance.get_run_records(filters=of_day, limit=_MOST_RUNS)
    dead = []
    for record in records:
        run = record.dagster_run
        if run.status != dg.DagsterRunStatus.FAILURE or instance.get_run_stats(run.run_id).steps_failed:
            break
        dead.append(record)
    if not dead:
        return None
    # Those that Dagster started again belong to the one that was asked for.
    attempts = sum(record.dagster_run.parent_run_id is None for record in dead)
    ended_at = datetime.fromtimestamp(dead[0].end_time or dead[0].update_timestamp.timestamp(), UTC)
    return ended_at if is_due_again(ended_at, pause_after_attempts(attempts), now=now) else None
