"""Calendar days in the digest's time zone.

An episode belongs to the day, in the reader's time zone, on which it was published. Everything that turns an instant
into a day or a day into instants is here, so that days of 23 and 25 hours are right everywhere or nowhere.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_of(at: datetime, timezone: ZoneInfo) -> date:
    """Return the calendar day of an aware instant in ``timezone``."""
    if at.tzinfo is None:
        raise ValueError(f"day_of needs an aware datetime, got {at.isoformat()}")
    return at.astimezone(timezone).date()


def day_bounds(day: date, timezone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of ``day`` and of the day after, both in UTC (23 to 25 hours apart)."""
    start = datetime.combine(day, time.min, tzinfo=timezone)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone)
    return start.astimezone(UTC), end.astimezone(UTC)


def days_until(first: date, last: date) -> Iterator[date]:
    """Yield every day from ``first`` to ``last``, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def window_ending(day: date, length_days: int) -> tuple[date, ...]:
    """Return the ``length_days`` days that end with ``day``, oldest first."""
    return tuple(days_until(day - timedelta(days=length_days - 1), day))


def window_starting(day: date, length_days: int) -> tuple[date, ...]:
    """Return the ``length_days`` days that begin with ``day``, oldest first."""
    return tuple(days_until(day, day + timedelta(days=length_days - 1)))
