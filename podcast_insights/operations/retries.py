"""Which recent days are run again because something may work now that did not: a decision on what was skipped.

A run records what it could not do and whether trying again may help. Nobody would try again on a day without new
episodes, so the sensor does: soon at first, then less and less often. What ran out of time goes on at once. A run whose
process could not even begin recorded nothing: its day is asked for again in the same way. Audio that cannot be used is
tried once more by itself: its host may have mended it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from podcast_insights.errors import AudioError, OutOfTimeError
from podcast_insights.skips import Stage

# The stages of a day that wait for others: a server, a model, a disk.
RETRIED_STAGES: tuple[Stage, ...] = (
    "chapters",
    "publisher_transcripts",
    "audio",
    "transcripts",
    "insights",
    "insight_vectors",
)
# An episode that got no further here is missing in the digest.
NEEDED_STAGES: tuple[Stage, ...] = ("audio", "transcripts", "insights")
FIRST_PAUSE = timedelta(minutes=30)
LONGEST_PAUSE = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedItem:
    """What the table ``skipped`` says of one item, as far as trying again depends on it."""

    subject_id: str
    reason: str
    retryable: bool
    attempts: int
    last_at: datetime


def skipped_items(rows: Iterable[Mapping[str, Any]]) -> tuple[SkippedItem, ...]:
    """Return the items in rows of the table ``skipped``."""
    names = ("subject_id", "reason", "retryable", "attempts", "last_at")
    return tuple(SkippedItem(**{name: row[name] for name in names}) for row in rows)


def days_due_again(skipped: Mapping[date, Sequence[SkippedItem]], *, now: datetime) -> Iterator[tuple[date, datetime]]:
    """Yield each day of which something is due again, with when it was last tried: what makes a request its own."""
    for day, items in skipped.items():
        waiting = [item for item in items if item.retryable or _may_be_mended(item)]
        if any(is_due_again(item.last_at, pause_after(item), now=now) for item in waiting):
            yield day, max(item.last_at for item in waiting)


def pause_after(item: SkippedItem) -> timedelta:
    """Return how long an item is left alone after it was last tried."""
    if item.reason == OutOfTimeError.code:
        return timedelta()
    return LONGEST_PAUSE if _may_be_mended(item) else pause_after_attempts(item.attempts)


def _may_be_mended(item: SkippedItem) -> bool:
    return item.reason == AudioError.code and item.attempts <= 1


def pause_after_attempts(attempts: int) -> timedelta:
    """Return how long is waited after so many attempts."""
    # Doubled at most as often as it takes to reach the longest pause: a large power would not fit a timedelta.
    doublings = max(0, min(attempts - 1, 10))
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def is_due_again(tried_at: datetime, pause: timedelta, *, now: datetime) -> bool:
    """Whether a pause is over; so is one that began later than now, by a clock that has been set back since."""
    return tried_at + pause <= now or tried_at > now


def unfinished_episodes(items: Iterable[SkippedItem]) -> int:
    """Return how many episodes are not in a digest yet although they may be later."""
    return len({item.subject_id for item in items if item.retryable})
