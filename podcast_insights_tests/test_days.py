from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.days import day_bounds, day_of, days_until, window_ending, window_starting

BERLIN = ZoneInfo("Europe/Berlin")
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 24),
        (date(2026, 3, 29), 23),
        (date(2026, 3, 30), 24),
        (date(2026, 10, 24), 24),
        (date(2026, 10, 25), 25),
        (date(2026, 10, 26), 24),
    ],
)
def test_days_around_clock_changes_have_their_true_length(day: date, hours: int) -> None:
    start, end = day_bounds(day, BERLIN)

    assert end - start == timedelta(hours=hours)
    assert start.tzinfo is UTC
    assert end.tzinfo is UTC


def test_a_day_may_begin_at_one_o_clock() -> None:
    """Cairo's clocks go from 00:00 to 01:00 on 2026-04-24: that day has no midnight."""
    start, end = day_bounds(date(2026, 4, 24), ZoneInfo("Africa/Cairo"))

    assert (start, end - start) == (datetime(2026, 4, 23, 22, tzinfo=UTC), timedelta(hours=23))


@pytest.mark.parametrize(
    ("at", "timezone_name", "day"),
    [
        (datetime(2026, 11, 13, 23, 30, tzinfo=UTC), "UTC", date(2026, 11, 13)),
        (datetime(2026, 11, 13, 23, 30, tzinfo=UTC), "Europe/Berlin", date(2026, 11, 14)),
        (datetime(2026, 11, 13, 3, 0, tzinfo=UTC), "America/Los_Angeles", date(2026, 11, 12)),
        (datetime(2026, 11, 13, 1, 0, tzinfo=timezone(timedelta(hours=9))), "UTC", date(2026, 11, 12)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", date(2026, 10, 25)),
    ],
)
def test_an_instant_belongs_to_the_readers_day(at: datetime, timezone_name: str, day: date) -> None:
    assert day_of(at, ZoneInfo(timezone_name)) == day


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        day_of(datetime(2026, 11, 13), BERLIN)  # noqa: DTZ001


@given(
    day=st.dates(date(2015, 1, 1), date(2035, 12, 31)),
    zone=st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"})).map(ZoneInfo),
)
def test_days_meet_without_gap_or_overlap(day: date, zone: ZoneInfo) -> None:
    start, end = day_bounds(day, zone)

    assert day_of(start, zone) == day
    assert day_of(end - INSTANT, zone) == day
    assert day_of(start - INSTANT, zone) == day - timedelta(days=1)
    assert day_bounds(day + timedelta(days=1), zone)[0] == end


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 2, 28), date(2026, 3, 2), ["2026-02-28", "2026-03-01", "2026-03-02"]),
        (date(2026, 3, 1), date(2026, 3, 1), ["2026-03-01"]),
        (date(2026, 3, 2), date(2026, 3, 1), []),
    ],
)
def test_days_until_includes_both_ends(first: date, last: date, expected: list[str]) -> None:
    assert [day.isoformat() for day in days_until(first, last)] == expected


@pytest.mark.parametrize(
    ("length_days", "expected"),
    [(1, ["2026-03-01"]), (3, ["2026-02-27", "2026-02-28", "2026-03-01"]), (0, [])],
)
def test_a_window_ends_with_its_day(length_days: int, expected: list[str]) -> None:
    assert [day.isoformat() for day in window_ending(date(2026, 3, 1), length_days)] == expected


def test_a_window_that_starts_with_a_day_holds_it() -> None:
    assert window_starting(date(2026, 2, 27), 3) == (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1))
    assert window_starting(date(2026, 2, 27), 1) == (date(2026, 2, 27),)
