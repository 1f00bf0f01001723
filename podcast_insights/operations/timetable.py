"""When the digest of a day is due, how long it waits, and which were missed: decisions on the settings and ``now``.

The digest of a day is made at ``digest.send_at`` on the day after. What is still being transcribed then is waited for,
but not for ever: at the deadline the digest goes out with what is there, and says what is not.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from podcast_insights.days import day_of, window_ending
from podcast_insights.settings import DigestSettings

# A machine that was off for longer is caught up by a backfill, which a person asks for.
MOST_MISSED_DAYS = 14
# Choosing, publishing and sending take minutes; only what is later than that is late.
GRACE = timedelta(minutes=30)


def sends_at(day: date, settings: DigestSettings) -> datetime:
    """Return when the digest of ``day`` is due: ``digest.send_at`` on the day after, in UTC.

    Where clocks go back, that time comes twice, and the schedule waits for the second.
    """
    local = datetime.combine(day + timedelta(days=1), settings.send_at, tzinfo=settings.zone)
    return max(local.astimezone(UTC), local.replace(fold=1).astimezone(UTC))


def deadline_of(day: date, settings: DigestSettings) -> datetime:
    """Return until when the digest of ``day`` waits for transcripts."""
    return sends_at(day, settings) + timedelta(minutes=settings.wait_minutes)


def next_send(now: datetime, settings: DigestSettings) -> datetime:
    """Return when the next digest is due after ``now``."""
    today = day_of(now, settings.zone)
    this_morning = sends_at(today - timedelta(days=1), settings)
    return this_morning if this_morning > now else sends_at(today, settings)


def last_due(now: datetime, settings: DigestSettings) -> date:
    """Return the day whose digest was due last."""
    yesterday = day_of(now, settings.zone) - timedelta(days=1)
    return yesterday if sends_at(yesterday, settings) <= now else yesterday - timedelta(days=1)


def awaited_day(made: Collection[date], settings: DigestSettings, *, now: datetime) -> date | None:
    """Return the day whose digest is due, not yet made, and not past its deadline; None where there is none."""
    day = last_due(now, settings)
    is_awaited = day >= settings.start_date and day not in made and now < deadline_of(day, settings)
    return day if is_awaited else None


def late_day(made: Collection[date], settings: DigestSettings, *, now: datetime) -> date | None:
    """Return the day whose digest should be out and is not; None where there is none.

    Where no digest was ever made, none is expected: the schedule may not be switched on yet.
    """
    day = last_due(now, settings)
    is_late = day >= settings.start_date and day not in made and now >= deadline_of(day, settings) + GRACE
    return day if is_late and made else None


def missed_days(made: Collection[date], settings: DigestSettings, *, day: date) -> tuple[date, ...]:
    """Return the days before ``day`` that have no digest although an earlier day has one, oldest first.

    A reader who has just begun missed nothing, however many days the calendar has.
    """
    first = min(made, default=day)
    window = window_ending(day, MOST_MISSED_DAYS + 1)[:-1]
    return tuple(past for past in window if past > first and past >= settings.start_date and past not in made)
