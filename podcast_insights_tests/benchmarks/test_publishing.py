"""The benchmark of publishing: its invented days are a site, and its figures compare what they say."""

from dataclasses import replace
from pathlib import Path

from benchmarks.processes import Usage
from benchmarks.publishing import figures_of
from benchmarks.site_run import build, store_digests
from podcast_insights.storage.store import Store


def test_the_invented_days_are_a_site_to_which_a_day_is_added(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store_digests(store, first=0, last=20, a_day=3)
    whole = build(store, with_cards=False)
    store_digests(store, first=20, last=21, a_day=3)
    more = build(store, with_cards=False)

    assert whole["written"] == whole["files"] > 150
    assert 0 < more["written"] <= more["made"] < whole["made"] / 2
    assert build(store, with_cards=False)["made"] == 0


def test_one_more_day_is_compared_with_a_whole_build() -> None:
    full = Usage(cpu_s=100.0, wall_s=120.0, peak_bytes=200_000_000, output="")
    figures = figures_of(
        replace(full, peak_bytes=160_000_000), full, replace(full, cpu_s=4.0), {"written": 900}, {"written": 9}
    )
    by_name = {figure.name: figure for figure in figures}

    assert by_name["one more day, of a whole build"].value == 0.04
    assert by_name["one more day, of a whole build"].meets_goal
    assert by_name["peak memory, a year by a quarter"].value == 1.25
    assert not figures_of(full, full, full, {"written": 1}, {"written": 1})[6].meets_goal
