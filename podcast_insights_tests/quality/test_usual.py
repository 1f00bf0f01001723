"""What is usual: robust against odd days, silent with little history, the same in any order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.quality.usual import FEWEST_DAYS, MEASURES, compared, usual_range
from podcast_insights.storage.store import Store
from podcast_insights_tests.storage.examples import DAY

FIGURES = st.floats(0, 1e6, allow_subnormal=False)
HISTORIES = st.lists(FIGURES, min_size=FEWEST_DAYS, max_size=30)


@pytest.mark.parametrize(
    ("history", "low", "high"),
    [
        ([20.0] * 30, 12.0, 28.0),
        ([20.0] * 29 + [10_000.0], 12.0, 28.0),
        ([1.0] * 30, -3.0, 5.0),
        ([0.0] * 30, -4.0, 4.0),
        ([10.0, 30.0] * 15, 20 - 4 * 14.826, 20 + 4 * 14.826),
    ],
)
def test_a_range_lies_around_the_median(history: list[float], low: float, high: float) -> None:
    usual = usual_range(history, smallest_deviation=1.0)

    assert usual is not None
    assert (usual.low, usual.high, usual.days) == (pytest.approx(low), pytest.approx(high), 30)


@given(st.lists(FIGURES, max_size=FEWEST_DAYS - 1))
def test_little_history_says_nothing(history: list[float]) -> None:
    assert usual_range(history, smallest_deviation=1.0) is None


@given(HISTORIES)
def test_the_order_of_days_does_not_matter(history: list[float]) -> None:
    assert usual_range(history, smallest_deviation=1.0) == usual_range(sorted(history), smallest_deviation=1.0)


@given(HISTORIES)
def test_most_days_of_any_history_are_usual(history: list[float]) -> None:
    usual = usual_range(history, smallest_deviation=1.0)

    assert usual is not None
    assert 2 * sum(usual.low <= value <= usual.high for value in history) >= len(history)


@given(st.lists(st.floats(90, 110), min_size=FEWEST_DAYS, max_size=29), FIGURES)
def test_one_odd_day_decides_nothing(history: list[float], odd: float) -> None:
    usual = usual_range([*history, odd], smallest_deviation=1.0)

    assert usual is not None
    assert usual.low <= 90 + 20
    assert usual.high <= 110 + 4 * 1.4826 * 20


def decide(store: Store, day: date, episodes: int) -> None:
    template = store.episodes.of_day(DAY)[0]
    dated = replace(template, episode=replace(template.episode, episode_date=day))
    store.episodes.replace_day(day, [dated] * episodes)


def test_a_day_without_episodes_is_unusual_and_a_day_without_a_file_is_none(store: Store) -> None:
    for past in range(1, 13):
        decide(store, DAY - timedelta(days=past), 20)
    decide(store, DAY, 20)
    assert compared(store.warehouse, MEASURES["episodes"], DAY) == (True, "20 episodes; usual are 12 to 28, by 12 days")

    store.episodes.replace_day(DAY, [])
    assert compared(store.warehouse, MEASURES["episodes"], DAY) == (False, "0 episodes; usual are 12 to 28, by 12 days")

    store.warehouse.delete("episodes", f"date={DAY}")
    assert compared(store.warehouse, MEASURES["episodes"], DAY) == (True, "no rows")


def test_older_days_do_not_count(store: Store) -> None:
    for past in range(31, 60):
        decide(store, DAY - timedelta(days=past), 20)

    assert "too few to say" in compared(store.warehouse, MEASURES["episodes"], DAY)[1]
