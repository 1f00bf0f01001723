"""The tags of runs: what comes first in the queue, what never runs beside itself, and until when a run may transcribe.

Dagster takes the queued run with the highest priority first. New episodes come before the backlog, and a digest before
everything; of two digests the older one, because each leaves out what earlier ones said. ``dagster.example.yaml``
limits the runs of one day, and those that make digests, to one at a time.
"""

from datetime import date, datetime

import dagster as dg

from podcast_insights.defs.resources import Clock

PRIORITY = "dagster/priority"
BACKFILL = "dagster/backfill"
MAKES = "podcast_insights/makes"
UNTIL = "podcast_insights/transcribes_until"

NEW_EPISODES = 50
AGAIN = 20
BACKLOG = -10
_DIGESTS = 100


def ingest_tags(priority: int, until: datetime) -> dict[str, str]:
    """Return the tags of a run that prepares a day: it leaves the recogniser free when the next digest is due."""
    return {PRIORITY: str(priority), UNTIL: until.isoformat()}


def digest_tags(day: date, *, today: date, until: datetime) -> dict[str, str]:
    """Return the tags of a run that makes the digest of ``day``."""
    return {PRIORITY: str(_DIGESTS + (today - day).days), UNTIL: until.isoformat()}


def mail_tags() -> dict[str, str]:
    """Return the tags of a run that sends what is left of a digest: people wait for it as for a digest."""
    return {PRIORITY: str(_DIGESTS)}


def is_time_up(context: dg.AssetExecutionContext, clock: Clock) -> bool:
    """Whether the run has a time until which it may transcribe, and that has come."""
    until = context.run.tags.get(UNTIL)
    return until is not None and clock() >= datetime.fromisoformat(until)
