from datetime import date, timedelta
from itertools import pairwise

import pytest

from podcast_insights.delivery.trend import FEWEST_WEEKS, HEIGHT, MOST_WEEKS, WIDTH, trend_of

MONDAY = date(2026, 11, 9)


def weeks_ago(*numbers):
    return [MONDAY + timedelta(days=number % 7) - timedelta(weeks=number) for number in numbers]


def test_days_are_counted_by_the_week_that_begins_on_monday():
    trend = trend_of([date(2026, 11, 8), date(2026, 11, 9), date(2026, 11, 15)])
    assert [(week.monday.isoformat(), week.count) for week in trend.spoken] == [("2026-11-09", 2), ("2026-11-02", 1)]


@pytest.mark.parametrize(("oldest", "shown"), [(0, FEWEST_WEEKS), (12, 13), (200, MOST_WEEKS)])
def test_the_chart_ends_with_the_last_week_in_which_it_was_said(oldest, shown):
    trend = trend_of([MONDAY, *weeks_ago(oldest)])
    assert len(trend.weeks) == shown
    assert trend.weeks[-1].monday == MONDAY
    assert all(later.monday - earlier.monday == timedelta(days=7) for earlier, later in pairwise(trend.weeks))


def test_bars_stand_side_by_side_inside_the_chart():
    bars = trend_of(weeks_ago(0, 0, 1, 5)).bars
    assert [bar.count for bar in bars] == [0, 0, 1, 0, 0, 0, 1, 2]
    assert [round(bar.height / bars[-1].height, 2) for bar in bars if bar.count] == [0.5, 0.5, 1.0]
    assert all(bar.height < bars[-1].height / 20 for bar in bars if not bar.count)
    for bar in bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH
        assert 0 < bar.y < bar.y + bar.height < HEIGHT
    assert all(left.x + left.width < right.x for left, right in pairwise(bars))


@pytest.mark.parametrize(
    ("ago", "summary"),
    [
        ([0, 0], "All two in the week from 9 November 2026."),
        (
            [0, 9, 9],
            "Three in the ten weeks up to that from 9 November 2026; most, two, in the week from 7 September 2026.",
        ),
    ],
)
def test_a_sentence_says_what_the_chart_shows(ago, summary):
    assert trend_of(weeks_ago(*ago)).summary == summary
