"""The pieces of the benchmark of growth: a past that is no copy, and figures that compare the right stores."""

from datetime import timedelta
from pathlib import Path

from benchmarks.growth import PARTS, figures_of
from benchmarks.growth_run import lowest, repeat
from podcast_insights.storage.store import Store
from podcast_insights_tests.quality.fakes import store_a_good_day
from podcast_insights_tests.storage.examples import DAY, a_show, an_episode


def test_the_past_is_as_full_as_the_day_and_has_ids_of_its_own(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store_a_good_day(store)
    store.catalog.save(a_show(), [an_episode()])

    repeat(tmp_path / "warehouse", DAY, 3)

    days = [DAY - timedelta(days=past) for past in range(3)]
    episodes = [item.episode.episode_id for day in days for item in store.episodes.of_day(day)]
    assert len(episodes) == len(set(episodes)) == 9
    assert [len(store.transcripts.of_day(day)) for day in days] == [2, 2, 2]
    assert [len(store.skipped.of("episodes", day)) for day in days] == [1, 1, 1]
    listed = store.catalog.episodes_of("show1")
    assert {episode.episode_date for episode in listed} == set(days)
    assert [episode.gone_at is None for episode in listed] == [True, False, False]


def test_growth_is_that_of_the_longest_store_over_the_shortest() -> None:
    stages = {stage for of_part in PARTS.values() for stage in of_part}
    told = {days: dict.fromkeys(stages, cost_s) for days, cost_s in (("10", 1.0), ("100", 1.5), ("1000", 3.0))}

    figures = figures_of(told, a_day=100)

    grown = [figure for figure in figures if figure.unit == "times"]
    assert [figure.value for figure in grown] == [3.0] * len(PARTS)
    assert [figure.meets_goal for figure in grown] == [False, False, False, None, None, None, None, None]
    assert figures[2].name == "a day from the feeds to the digest, 100,000 episodes"
    assert figures[2].value == 9.0


def test_the_lower_of_two_rounds_counts_part_by_part() -> None:
    rounds = [{"10": {"feeds": 1.0, "site": 4.0}}, {"10": {"feeds": 2.0, "site": 3.0}}]

    assert lowest(rounds) == {"10": {"feeds": 1.0, "site": 3.0}}
    assert rounds[0] == {"10": {"feeds": 1.0, "site": 4.0}}
