"""Which editions are sent at all, which could not be, and when they are tried again: decisions on values.

A server that does not know a sender yet often says 4xx for some minutes, and one that is down comes back. So a mail
that certainly did not arrive is tried again soon at first, then less and less often, while its edition is news.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from podcast_insights.delivery.values import OutboxRow
from podcast_insights.errors import SettingsError
from podcast_insights.settings import RecipientSettings
from podcast_insights.skips import Skip

NEWS_FOR = timedelta(hours=12)
FIRST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=2)
# Doubled more often, a pause would be longer than the longest one, and at last fit no timedelta.
_MOST_DOUBLINGS = 10


def is_current_edition(edition_date: date, *, today: date, due_at: datetime, now: datetime) -> bool:
    """Whether an edition is news: on its day, on the day after, and for half a day from when it was due.

    A digest that is due late in the evening may be ready after midnight.
    """
    return today - timedelta(days=1) <= edition_date <= today or (edition_date < today and now < due_at + NEWS_FOR)


def wanted_recipients(recipients: Sequence[RecipientSettings], only: Sequence[str]) -> tuple[RecipientSettings, ...]:
    """Return the recipients with one of the addresses ``only``; all of them, where it is empty.

    Raises:
        SettingsError: An address is not of a recipient.
    """
    if not only:
        return tuple(recipients)
    wanted = {address.casefold() for address in only}
    unknown = wanted - {recipient.address.casefold() for recipient in recipients}
    if unknown:
        raise SettingsError(f"{', '.join(sorted(unknown))} is not in delivery.recipients")
    return tuple(recipient for recipient in recipients if recipient.address.casefold() in wanted)


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


def due_again(rows: Sequence[OutboxRow], *, now: datetime) -> datetime | None:
    """Return when the mails of an edition that wait were last tried, where one is due again; else None."""
    waiting = [row for row in rows if row.state == "planned"]
    # What was tried later than now was tried by a clock that has been set back since.
    if any(row.changed_at + pause_after(row.attempts) <= now or row.changed_at > now for row in waiting):
        return max(row.changed_at for row in waiting)
    return None


def pause_after(attempts: int) -> timedelta:
    """Return how long a mail is left alone after it was tried so often."""
    doublings = min(max(0, attempts - 1), _MOST_DOUBLINGS)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
