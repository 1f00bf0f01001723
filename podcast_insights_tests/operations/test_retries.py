"""What is tried again, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from podcast_insights.operations.retries import (
    LONGEST_PAUSE,
    SkippedItem,
    days_due_again,
    pause_after,
    skipped_items,
    unfinished_episodes,
)

NOW = datetime(2026, 11, 13, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 13)


def item(subject: str = "a", *, minutes_ago: float = 0, **changes: object) -> SkippedItem:
    row = {"subject_id": subject, "reason": "network", "retryable": True, "attempts": 1} | changes
    return skipped_items([row | {"last_at": NOW - timedelta(minutes=minutes_ago), "message": "of no account"}])[0]


@pytest.mark.parametrize(
    ("items", "is_due"),
    [
        ([], False),
        ([item(minutes_ago=29)], False),
        ([item(minutes_ago=30)], True),
        ([item(minutes_ago=59, attempts=2)], False),
        ([item(minutes_ago=60, attempts=2)], True),
        ([item(minutes_ago=600, retryable=False)], False),
        ([item(minutes_ago=31), item("b", minutes_ago=1, attempts=9)], True),
        ([item(reason="out_of_time", attempts=7)], True),
        # A host may mend its audio: once more, and not at once.
        ([item(reason="bad_audio", retryable=False, minutes_ago=479)], False),
        ([item(reason="bad_audio", retryable=False, minutes_ago=480)], True),
        ([item(reason="bad_audio", retryable=False, minutes_ago=4800, attempts=2)], False),
        # Tried by a clock that has been set back since.
        ([item(minutes_ago=-600, attempts=1)], True),
        ([item(minutes_ago=-600, attempts=1, retryable=False)], False),
    ],
)
def test_a_day_is_due_again_after_a_pause(items: list[SkippedItem], is_due: bool) -> None:
    assert [day for day, _ in days_due_again({DAY: items}, now=NOW)] == ([DAY] if is_due else [])


def test_what_was_tried_last_makes_the_request_its_own() -> None:
    items = [item(minutes_ago=90), item("b", minutes_ago=40), item("c", retryable=False)]

    assert dict(days_due_again({DAY: items}, now=NOW)) == {DAY: NOW - timedelta(minutes=40)}


@pytest.mark.parametrize("attempts", [6, 50, 10_000])
def test_the_pause_grows_to_a_limit(attempts: int) -> None:
    assert pause_after(item(attempts=attempts)) == LONGEST_PAUSE


def test_an_episode_that_stopped_twice_is_one() -> None:
    assert unfinished_episodes([item("a"), item("a"), item("b"), item("c", retryable=False)]) == 2
