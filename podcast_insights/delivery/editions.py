"""Which editions are sent at all, and which could not be: decisions on values, before and after the outbox."""

from collections.abc import Sequence
from datetime import date, timedelta

from podcast_insights.delivery.values import OutboxRow
from podcast_insights.skips import Skip


def is_current_edition(edition_date: date, *, today: date) -> bool:
    """Whether an edition is news: the digest of a day is sent on that day or the morning after."""
    return today - timedelta(days=1) <= edition_date <= today


def unsent(rows: Sequence[OutboxRow]) -> tuple[Skip, ...]:
    """Return a record for each recipient whom an edition did not reach."""
    return tuple(
        Skip(
            stage="mail",
            show_id="",
            subject_id=row.recipient,
            reason=row.state,
            message=row.answer or "not sent yet",
            retryable=row.state == "planned",
        )
        for row in rows
        if row.state != "sent"
    )
