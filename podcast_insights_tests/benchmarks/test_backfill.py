"""The backfill beside itself counts rightly: what overlaps, what is lost or there twice, and what misses a goal."""

from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from benchmarks.backfill import compared, doubled_keys, figures_of_rows, figures_of_runs, is_readable, prepare
from benchmarks.queued_runs import EndedQueue, EndedRun, is_about_a_lock, most_at_once, overlaps
from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store
from podcast_insights_tests.integration.tables import Rows
from podcast_insights_tests.storage.examples import DAY, an_insight

Times = tuple[str, float, float]


def runs(*times: Times) -> list[EndedRun]:
    return [EndedRun(day=day, is_success=True, began_s=began_s, ended_s=ended_s) for day, began_s, ended_s in times]


@pytest.mark.parametrize(
    ("times", "at_once", "overlapping"),
    [
        ([], 0, 0),
        ([("a", 1, 2), ("b", 3, 4)], 1, 0),
        ([("a", 1, 3), ("b", 2, 4), ("a", 3, 5)], 2, 0),
        ([("a", 1, 9), ("b", 2, 3), ("a", 4, 5), ("c", 4, 6)], 3, 1),
        ([("a", 1, 9), ("a", 2, 3), ("a", 4, 5)], 2, 2),
    ],
)
def test_runs_beside_each_other_are_counted(times: list[Times], at_once: int, overlapping: int) -> None:
    assert (most_at_once(runs(*times)), overlaps(runs(*times))) == (at_once, overlapping)


def test_rows_are_compared_with_how_often_they_are_there() -> None:
    expected: dict[str, Rows] = {"episodes": [("a", 1), ("b", 2)], "insights": [("x",)], "segments": [("s",)]}
    found: dict[str, Rows] = {"episodes": [("b", 2), ("b", 2)], "insights": [("x",)], "segments": []}

    lost, extra = compared(expected, found)

    assert (+lost, +extra) == ({"episodes": 1, "segments": 1}, {"episodes": 1})
    missed = {figure.name for figure in figures_of_rows(found, expected, 1) if figure.meets_goal is False}
    assert missed == {"rows lost", "rows too many", "keys that are there twice"}


def test_a_row_that_is_there_twice_is_found(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.insights.replace_day(DAY, [an_insight("one"), an_insight("two")])
    assert (doubled_keys(store), is_readable(store)) == (0, True)

    store.insights.replace_day(DAY, [an_insight("one"), an_insight("one")])
    assert doubled_keys(store) == 1


def test_what_went_wrong_in_the_queue_misses_a_goal() -> None:
    failed = EndedRun(day="a", is_success=False, began_s=1, ended_s=2)
    queue = EndedQueue(
        runs=[failed, *runs(("a", 1, 2))], step_failures=1, lock_errors=["locked"], looks=3, looks_refused=1, wall_s=1
    )

    missed = [figure.name for figure in figures_of_runs(queue, at_once=1) if figure.meets_goal is False]
    assert len(missed) == 6
    fine = EndedQueue(runs=runs(("a", 1, 2)), step_failures=0, lock_errors=[], looks=3, looks_refused=0, wall_s=1)
    assert all(figure.meets_goal is not False for figure in figures_of_runs(fine, at_once=1))


@pytest.mark.parametrize(
    ("line", "is_lock"),
    [
        ("sqlite3.OperationalError: database is locked", True),
        ("IO Error: Could not set lock on file", True),
        ("4 runs are currently in progress. Maximum is 4, won't launch more.", False),
    ],
)
def test_a_message_about_a_lock_is_known(line: str, is_lock: bool) -> None:
    assert is_about_a_lock(line) is is_lock


def test_the_folder_holds_settings_and_an_instance_that_can_be_loaded(tmp_path: Path) -> None:
    folder = prepare(tmp_path / "queue", "http://127.0.0.1:9/feed.xml", date(2026, 11, 1), at_once=4)

    assert load_settings(folder / "podcasts.yaml").shows[0].transcripts == "publisher"
    with dg.DagsterInstance.from_config(str(folder / "home")) as instance:
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        assert queue.max_concurrent_runs == 4
        assert queue.tag_concurrency_limits[0]["key"] == "dagster/partition"
