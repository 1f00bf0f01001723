"""The partitions are the reader's calendar days, from the first one that was set to today."""

from datetime import UTC, date, datetime

import pytest

from podcast_insights.defs.partitions import daily_partitions
from podcast_insights.settings import DigestSettings

BERLIN = DigestSettings(timezone="Europe/Berlin", start_date=date(2026, 3, 27))


def days_at(now: datetime, settings: DigestSettings = BERLIN) -> list[str]:
    return list(daily_partitions(settings).get_partition_keys(current_time=now))


def test_today_is_a_partition() -> None:
    assert days_at(datetime(2026, 3, 28, 12, 0, tzinfo=UTC)) == ["2026-03-27", "2026-03-28"]


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), "2026-03-28"),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), "2026-03-29"),  # midnight in winter time, the day that has 23 hours
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), "2026-03-30"),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), "2026-10-25"),  # midnight in summer time, the day that has 25 hours
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "2026-10-26"),
    ],
)
def test_a_day_begins_at_the_readers_midnight(now: datetime, today: str) -> None:
    assert days_at(now)[-1] == today


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_clocks_change_is_one_partition(day: str, hours: int) -> None:
    days = daily_partitions(BERLIN)

    window = days.time_window_for_partition_key(day)

    assert (window.end.timestamp() - window.start.timestamp()) / 3600 == hours
    assert days_at(datetime(2026, 11, 1, tzinfo=UTC)).count(day) == 1


def test_before_the_start_there_is_nothing() -> None:
    assert days_at(datetime(2026, 3, 20, tzinfo=UTC)) == []
