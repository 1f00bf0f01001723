"""When a feed is asked again, and what it is asked with: the politeness of polling, as pure functions.

Servers can only delay us (``max-age``, ``Expires``, ``Retry-After``), never hurry us, and never for more than a day: a
cache that claims a year would silence a show. Failures back off, and a feed that is gone (it answered 410 for days) is
not asked again.
"""

import contextlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from podcast_insights.feeds.values import FeedStatus, Show

LONGEST_DELAY = timedelta(days=1)
MAX_DOUBLINGS = 6


def is_due(show: Show, now: datetime) -> bool:
    """Whether a show's feed should be asked now; one that is gone never is.

    What was asked later than now was asked by a clock that has been set back since, and so says nothing.
    """
    if show.status == "gone":
        return False
    was_set_back = show.last_polled_at is not None and show.last_polled_at > now
    return was_set_back or show.next_poll_at is None or show.next_poll_at <= now


def next_poll_at(
    now: datetime,
    *,
    every: timedelta,
    status: FeedStatus,
    failures_in_a_row: int = 0,
    asked_delay_s: float | None = None,
) -> datetime | None:
    """Return when to ask a feed again, or None for one that is gone.

    Args:
        now: When it was asked.
        every: The usual interval.
        status: What the poll found.
        failures_in_a_row: How many polls failed, this one included; each doubles the interval.
        asked_delay_s: How long the server asks to wait; counts where it is longer, up to a day.
    """
    if status == "gone":
        return None
    backed_off = every * (1 << min(failures_in_a_row, MAX_DOUBLINGS))
    asked = timedelta(seconds=min(asked_delay_s or 0, LONGEST_DELAY.total_seconds()))
    return now + max(every, min(max(backed_off, asked), LONGEST_DELAY))


def fresh_for_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds an answer calls itself fresh (``max-age``, else ``Expires``), or None."""
    if match := re.search(r"\bmax-age\s*=\s*\"?(\d{1,10})", headers.get("Cache-Control", ""), re.ASCII | re.IGNORECASE):
        return float(match[1])
    with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):
        expires_at = parsedate_to_datetime(headers.get("Expires", ""))
        expires_at = expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=UTC)
        return max(0.0, (expires_at - now).total_seconds())
    return None


def conditional_headers(show: Show) -> dict[str, str]:
    """Return the headers that ask for a body only where it changed since the last one that was read."""
    headers = {"If-None-Match": show.etag, "If-Modified-Since": show.last_modified}
    return {name: value for name, value in headers.items() if value}
