"""The benchmarks' pieces work: what is booked, what is told, and that the entry points are still there."""

import inspect
import io
import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.checks import copy_day, keep_mails_of, store_a_full_day
from benchmarks.code_location import write_empty_location
from benchmarks.cpu_ledger import ENTRY_POINTS, CpuLedger, find_entry_point
from benchmarks.feed_rounds import parse, poll
from benchmarks.feed_server import FeedServer, feed_body
from benchmarks.machine import describe_machine
from benchmarks.november import REAL_DATA, figures_of, november
from benchmarks.plot import draw, goals_of
from benchmarks.processes import CommandError, Usage, measure
from benchmarks.report import as_markdown
from benchmarks.results import Benchmark, Figure, as_json, print_table
from benchmarks.run import main
from podcast_insights.quality.run import check_table
from podcast_insights.quality.suites import SUITES
from podcast_insights.settings import DigestSettings
from podcast_insights.storage.store import Store
from podcast_insights_tests.storage.examples import DAY


def burn(seconds: float) -> None:
    end_s = time.process_time() + seconds
    while time.process_time() < end_s:
        pass


def test_every_entry_point_is_a_function_or_has_methods() -> None:
    for names in ENTRY_POINTS.values():
        for name in names:
            found = getattr(*find_entry_point(name))
            public = [method for method, _ in inspect.getmembers(found, inspect.isfunction) if method[0] != "_"]
            assert inspect.isfunction(found) or public, name


def test_work_within_work_is_booked_once_and_to_the_outer() -> None:
    ledger = CpuLedger()
    inner = ledger.working("inner", lambda: burn(0.02))
    outer = ledger.working("outer", lambda: (inner(), burn(0.02)))
    started_s = time.process_time()
    outer()
    used_s = time.process_time() - started_s

    assert ledger.work_s.keys() == {"outer"}
    assert 0.04 <= ledger.work_s["outer"] <= used_s


def test_work_that_fails_is_booked_and_the_next_too() -> None:
    ledger = CpuLedger()

    def fail() -> None:
        burn(0.01)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        ledger.working("feeds", fail)()
    ledger.working("audio", lambda: burn(0.01))()

    assert ledger.work_s["feeds"] >= 0.01
    assert ledger.work_s["audio"] >= 0.01


def test_what_is_imported_within_work_is_booked_as_an_import() -> None:
    ledger = CpuLedger()

    def load(name: str, *_: object) -> None:
        burn(0.03)

    ledger.working("checks", lambda: ledger.importing(load)("a_module_that_is_not_loaded"))()

    assert ledger.imports_s > ledger.work_s["checks"]


def test_a_loaded_module_is_not_booked() -> None:
    ledger = CpuLedger()
    load = ledger.importing(lambda *_: burn(0.01))
    load("json", None, None, ("dumps",))

    assert ledger.imports_s == 0.0


def test_the_peak_of_a_process_is_its_own_and_not_that_of_who_started_it(tmp_path: Path) -> None:
    held = bytearray(400_000_000)
    held[::4096] = b"x" * len(held[::4096])

    assert measure(["-c", "print('small')"], folder=tmp_path, environment={}).peak_bytes < 100_000_000
    assert measure(["-c", "bytearray(b'x') * 200_000_000"], folder=tmp_path, environment={}).peak_bytes > 150_000_000


def test_a_process_is_measured(tmp_path: Path) -> None:
    hog = "import os; held = bytearray(150_000_000); held[::4096] = held[1::4096]; print(os.environ['HELLO'])"
    usage = measure(["-c", hog], folder=tmp_path, environment={"HELLO": "good day"})

    assert usage.output == "good day\n"
    assert usage.peak_bytes > 150e6
    assert usage.cpu_s > 0


def test_settings_of_this_process_are_not_inherited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODCAST_INSIGHTS_DIGEST__TOP_N", "7")
    usage = measure(["-c", "import os; print(*os.environ)"], folder=tmp_path, environment={})

    assert "PATH" in usage.output
    assert "PODCAST_INSIGHTS" not in usage.output


def test_a_command_that_fails_gives_no_figures(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="ended with 3:\nsorry"):
        measure(["-c", "print('sorry'); raise SystemExit(3)"], folder=tmp_path, environment={})


def test_the_empty_code_location_has_a_workspace_and_no_definitions(tmp_path: Path) -> None:
    workspace = write_empty_location(tmp_path)

    assert "package_name: empty_location" in workspace.read_text()
    assert "dg.Definitions()" in (tmp_path / "empty_location" / "__init__.py").read_text()


def test_the_share_outside_our_work_counts_imports() -> None:
    usage = Usage(cpu_s=100.0, wall_s=50.0, peak_bytes=400_000_000, output="")
    figures = figures_of(usage, {"work_s": {"checks": 10.0, "insights": 50.0}, "imports_s": 15.0}, episodes=10)
    by_name = {figure.name: figure for figure in figures}

    assert by_name["  of it: Dagster, and what is not named"].value == 25.0
    assert by_name["outside our own work (imports included)"].value == pytest.approx(0.4)
    assert by_name["imports"].value == 0.15
    assert by_name["peak memory"].meets_goal
    assert next(figure.name for figure in figures if figure.name.startswith("  of it")) == "  of it: insights"


def test_figures_are_told_with_their_goals() -> None:
    found = [
        Benchmark(name="one", figures=(Figure(name="ratio", value=1.5, unit="", at_most=1.3),)),
        Benchmark(name="two", figures=(Figure(name="share", value=0.4, unit="share", at_most=0.5),)),
        Benchmark(name="three", skipped="there is no data"),
    ]
    console = Console(width=100, record=True, file=io.StringIO())
    print_table(console, found)
    lines = console.export_text().splitlines()

    assert any("1.50" in line and "at most 1.30" in line and "MISSED" in line for line in lines)
    assert any("40%" in line and "at most 50%" in line and "met" in line for line in lines)
    assert any("skipped: there is no data" in line for line in lines)
    assert as_json({"cores": 2}, found)["benchmarks"][0]["figures"][0]["meets_goal"] is False


def test_without_real_data_november_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REAL_DATA, raising=False)

    assert REAL_DATA in (november().skipped or "")


def test_a_second_round_of_polls_reads_no_body(tmp_path: Path) -> None:
    with FeedServer(items=2).running() as server:
        first, second = (poll(tmp_path, server.url, 3) for _ in range(2))

    assert first["body_bytes"] == sum(len(feed_body(number, items=2)) for number in range(3))
    assert second["body_bytes"] == 0


def test_a_feed_is_read_alone_and_by_ours(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(feed_body(0, items=3))
    found = parse(path)

    assert found["bytes"] == path.stat().st_size
    assert found["ours_s"] > 0
    assert found["feedparser_s"] > 0


def test_results_are_written_where_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REAL_DATA, raising=False)
    files = ["--output", str(tmp_path / "found.json"), "--report", str(tmp_path / "page.md")]
    files += ["--plot", str(tmp_path / "pictures.svg")]
    main(["--only", "november", *files])
    written = json.loads((tmp_path / "found.json").read_text())
    page = (tmp_path / "page.md").read_text()

    assert written["machine"]["cores"] == os.cpu_count()
    assert [one["name"] for one in written["benchmarks"]] == ["november"]
    assert "## November\n\nWhat two real weeks cost" in page
    assert f"Skipped: set {REAL_DATA}" in page
    assert "](pictures.svg)" in page
    assert "<svg" in (tmp_path / "pictures.svg").read_text()


def test_a_page_tells_figures_with_their_goals() -> None:
    figures = (
        Figure(name="  of it: checks", value=12.5, unit="s"),
        Figure(name="ratio", value=1.5, unit="", at_most=1.3),
        Figure(name="share", value=0.4, unit="share", at_most=0.5),
    )
    page = as_markdown(
        describe_machine(),
        [Benchmark(name="code_location", figures=figures)],
        {"code_location": "Why."},
        command="python benchmarks/run.py --only code_location",
        picture="pictures/performance.svg",
    )

    assert "\npython benchmarks/run.py --only code_location\n" in page
    assert "](pictures/performance.svg)" in page
    assert "## Code location\n\nWhy.\n" in page
    assert page.splitlines()[-3:] == [
        "| of it: checks | 12.50 s |  |  |",
        "| ratio | 1.50 | at most 1.30 | **missed** |",
        "| share | 40% | at most 50% | met |",
    ]


def test_only_what_has_a_goal_is_drawn_and_as_a_share_of_it(tmp_path: Path) -> None:
    figures = (
        Figure(name="  of it: checks", value=12.5, unit="s"),
        Figure(name="ratio", value=2.6, unit="", at_most=1.3),
        Figure(name="wall time", value=30.0, unit="s", at_most=120.0),
    )
    found = [Benchmark(name="code_location", figures=figures), Benchmark(name="demo", skipped="no")]

    assert [(name, share) for name, _, share in goals_of(found)] == [
        ("code location: ratio", 2.0),
        ("code location: wall time", 0.25),
    ]
    draw(describe_machine(), found, tmp_path / "drawn.png")
    assert (tmp_path / "drawn.png").read_bytes().startswith(b"\x89PNG")


def test_an_old_store_of_the_checks_keeps_every_rule_on_its_newest_day(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store_a_full_day(store, 3)
    day = DAY - timedelta(days=1)

    copy_day(tmp_path / "warehouse", day)
    keep_mails_of(store, 3)

    assert {one.episode.episode_date for one in store.episodes.of_day(day)} == {day}
    assert {one.episode.episode_id for one in store.episodes.of_day(day)} == {
        f"episode{number} of {day}" for number in range(3)
    }
    assert {row["edition_date"] for row in store.warehouse.read("outbox", "")} == {DAY, day, day - timedelta(days=1)}
    broken = [
        result.rule.name
        for table in SUITES
        for result in check_table(store.warehouse, table, DAY, digest=DigestSettings())
        if not result.passed
    ]
    assert broken == []
