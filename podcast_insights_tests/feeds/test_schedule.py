"""When feeds are asked again."""

from datetime import datetime, timedelta

import pytest

from podcast_insights.feeds.schedule import conditional_headers, fresh_for_s, is_due, next_poll_at
from podcast_insights.feeds.values import FeedStatus
from podcast_insights_tests.feeds.fakes import NOW, show

HALF_HOUR = timedelta(minutes=30)


@pytest.mark.parametrize(
    ("status", "failures", "asked_delay_s", "minutes"),
    [
        ("active", 0, None, 30),
        ("active", 0, 60.0, 30),
        ("active", 0, 7200.0, 120),
        ("active", 0, 31_536_000.0, 24 * 60),
        ("failing", 1, None, 60),
        ("failing", 3, None, 240),
        ("failing", 1, 7200.0, 120),
        ("failing", 500, None, 24 * 60),
        ("gone", 1, None, None),
    ],
)
def test_delays_and_failures_only_make_it_later(
    status: FeedStatus, failures: int, asked_delay_s: float | None, minutes: int | None
) -> None:
    at = next_poll_at(NOW, every=HALF_HOUR, status=status, failures_in_a_row=failures, asked_delay_s=asked_delay_s)
    assert at == (None if minutes is None else NOW + timedelta(minutes=minutes))


def test_an_interval_over_a_day_is_kept() -> None:
    assert next_poll_at(NOW, every=timedelta(days=7), status="active") == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("status", "due_at", "is_due_now"),
    [
        ("active", None, True),
        ("active", NOW, True),
        ("failing", NOW - HALF_HOUR, True),
        ("active", NOW + HALF_HOUR, False),
        ("gone", None, False),
        ("gone", NOW - HALF_HOUR, False),
    ],
)
def test_a_feed_is_due_when_its_time_has_come(status: FeedStatus, due_at: datetime | None, is_due_now: bool) -> None:
    assert is_due(show(status=status, next_poll_at=due_at), NOW) is is_due_now


@pytest.mark.parametrize(("status", "is_due_now"), [("active", True), ("gone", False)])
def test_a_feed_that_was_asked_by_a_clock_that_was_ahead_does_not_wait_for_it(
    status: FeedStatus, is_due_now: bool
) -> None:
    ahead = NOW + timedelta(days=300)

    assert is_due(show(status=status, last_polled_at=ahead, next_poll_at=ahead + HALF_HOUR), NOW) is is_due_now


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=300"}, 300.0),
        ({"Cache-Control": 'MAX-AGE="60"', "Expires": "Wed, 20 Nov 2024 13:00:00 GMT"}, 60.0),
        ({"Cache-Control": "s-maxage=300"}, None),
        ({"Expires": "Wed, 20 Nov 2024 13:00:00 GMT"}, 3600.0),
        ({"Expires": "Wed, 20 Nov 2024 11:00:00 GMT"}, 0.0),
        ({"Expires": "0"}, None),
        ({"Cache-Control": "no-cache"}, None),
        ({}, None),
    ],
)
def test_reads_how_long_an_answer_is_fresh(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for_s(headers, NOW) == seconds


def test_asks_with_the_validators_that_there_are() -> None:
    assert conditional_headers(show()) == {}
    assert conditional_headers(show(etag='"v1"')) == {"If-None-Match": '"v1"'}
    assert conditional_headers(show(last_modified="yesterday")) == {"If-Modified-Since": "yesterday"}
