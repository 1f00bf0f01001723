"""When digests are due, how long they wait, and which were missed: tables of moments."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from podcast_insights.operations.timetable import (
    MOST_MISSED_DAYS,
    awaited_day,
    deadline_of,
    last_due,
    late_day,
    missed_days,
    next_send,
    sends_at,
)
from podcast_insights.settings import DigestSettings

DAY = date(2026, 11, 13)
BERLIN = DigestSettings(timezone="Europe/Berlin", send_at=time(6, 30), wait_minutes=60)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "due", "deadline"),
    [
        (DAY, "2026-11-14 05:30", "2026-11-14 06:30"),
        (date(2026, 3, 28), "2026-03-29 04:30", "2026-03-29 05:30"),
        (date(2026, 10, 24), "2026-10-25 05:30", "2026-10-25 06:30"),
    ],
)
def test_a_digest_is_due_at_the_readers_time(day: date, due: str, deadline: str) -> None:
    assert (sends_at(day, BERLIN), deadline_of(day, BERLIN)) == (at(due), at(deadline))


@pytest.mark.parametrize(
    ("now", "sends", "due"),
    [
        ("2026-11-14 05:29", "2026-11-14 05:30", date(2026, 11, 12)),
        ("2026-11-14 05:30", "2026-11-15 05:30", DAY),
        ("2026-11-14 22:59", "2026-11-15 05:30", DAY),
        ("2026-11-14 23:01", "2026-11-15 05:30", DAY),
    ],
)
def test_the_next_and_the_last(now: str, sends: str, due: date) -> None:
    assert next_send(at(now), BERLIN) == at(sends)
    assert last_due(at(now), BERLIN) == due


@pytest.mark.parametrize(
    ("now", "made", "awaited", "late"),
    [
        ("2026-11-14 05:29", [DAY - timedelta(days=1)], None, None),
        ("2026-11-14 05:31", [DAY - timedelta(days=1)], DAY, None),
        ("2026-11-14 05:31", [DAY], None, None),
        ("2026-11-14 05:31", [], DAY, None),
        ("2026-11-14 06:31", [DAY - timedelta(days=1)], None, None),
        ("2026-11-14 07:01", [DAY - timedelta(days=1)], None, DAY),
        ("2026-11-14 07:01", [DAY], None, None),
        ("2026-11-14 07:01", [], None, None),
        ("2026-11-14 05:29", [date(2026, 11, 1)], None, date(2026, 11, 12)),
    ],
)
def test_a_digest_is_awaited_until_its_deadline_and_late_some_time_after(
    now: str, made: list[date], awaited: date | None, late: date | None
) -> None:
    assert awaited_day(made, BERLIN, now=at(now)) == awaited
    assert late_day(made, BERLIN, now=at(now)) == late


def test_before_the_first_day_nothing_is_awaited() -> None:
    settings = DigestSettings(start_date=date(2026, 11, 14))

    assert awaited_day([], settings, now=at("2026-11-14 06:31")) is None
    assert late_day([date(2026, 11, 1)], settings, now=at("2026-11-14 20:00")) is None


@pytest.mark.parametrize(
    ("made", "missed"),
    [
        ([], []),
        ([12], []),
        ([10], [11, 12]),
        ([8, 10, 12], [9, 11]),
        ([13], []),
    ],
)
def test_missed_days_lie_between_digests(made: list[int], missed: list[int]) -> None:
    days = [date(2026, 11, day) for day in made]

    assert [day.day for day in missed_days(days, DigestSettings(), day=DAY)] == missed


def test_not_every_day_since_ever_is_caught_up() -> None:
    missed = missed_days([date(2025, 1, 1)], DigestSettings(), day=DAY)

    assert len(missed) == MOST_MISSED_DAYS
    assert missed[-1] == DAY - timedelta(days=1)
    assert missed_days([date(2025, 1, 1)], DigestSettings(start_date=DAY), day=DAY) == ()
