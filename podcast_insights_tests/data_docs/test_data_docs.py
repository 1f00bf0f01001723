"""The data docs: what a page says, what hostile rows can do to it, and what is written again."""

import dataclasses
import uuid
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from upath import UPath

from podcast_insights.data_docs.values import Verdict, worst
from podcast_insights.data_docs.write import LAST_DAYS, page_of, write_docs
from podcast_insights.quality.record import record_results
from podcast_insights.quality.rules import Severity
from podcast_insights.quality.run import RuleResult
from podcast_insights.quality.suites import SUITES
from podcast_insights.storage.store import Store
from podcast_insights_tests.storage.examples import DAY, NOW

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)> \"'`{{ 7*7 }} \x00\x1b[31m \u202etxt.exe"


class Page(HTMLParser):
    """A page as a browser takes it apart: its elements, what they lead to, and its text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(content)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"

    @property
    def links(self) -> list[str]:
        return [value for name, value in self.attributes if name in ("href", "src")]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path))


def found(table: str, severity: Severity, *broken: dict[str, Any]) -> RuleResult:
    """What the first rule of a table with this severity found; it holds where nothing breaks it."""
    return RuleResult(
        rule=next(rule for rule in SUITES[table].rules if rule.severity == severity),
        passed=not broken,
        rows=10,
        failed_rows=len(broken),
        broken=broken,
        observed=f"{len(broken)} of 10 rows" if broken else "all 10 rows",
        severity=severity,
    )


def check(store: Store, table: str, *results: RuleResult, day: date = DAY) -> None:
    record_results(store.warehouse, table, day, results, now=NOW)


def written(store: Store, day: date = DAY) -> set[str]:
    return set(write_docs(store.warehouse, store.data_docs, day).written)


def page(store: Store, path: str) -> Page:
    return Page((store.data_docs / path).read_text(encoding="utf-8"))


def all_pages(store: Store) -> dict[str, Page]:
    root = Path(str(store.data_docs))
    return {path.relative_to(root).as_posix(): Page(path.read_text("utf-8")) for path in root.rglob("*.html")}


def test_a_page_says_what_broke_what_follows_and_shows_rows(store: Store) -> None:
    row = {"insight_id": "insight1", "start_s": -3.0}
    check(store, "insights", found("insights", "warning"), found("insights", "error", row))
    write_docs(store.warehouse, store.data_docs, DAY)

    shown = page(store, "days/2026-11-13/insights.html").text
    broken = next(rule for rule in SUITES["insights"].rules if rule.severity == "error")
    assert "stopped What is downstream is not made for this day" in shown
    assert broken.name.replace("_", " ") in shown
    assert broken.reason in shown
    assert f"{broken.expectation.type}(" in shown
    assert "insight1 -3.0" in shown
    assert "checked at 2026-11-13 12:00:00 UTC" in shown


@pytest.mark.parametrize(
    ("broken", "words"), [("error", "stopped"), ("set_aside", "rows left out"), ("warning", "look at it")]
)
def test_every_index_shows_the_worst_of_the_day(store: Store, broken: Severity, words: str) -> None:
    check(store, "episodes", found("episodes", "error"))
    check(store, "insights", found("insights", broken, {"insight_id": "insight1"}), found("insights", "error"))
    write_docs(store.warehouse, store.data_docs, DAY)

    for path in ("index.html", "months/2026-11.html"):
        assert f"2026-11-13 {words} 1 3 2" in page(store, path).text
    day = page(store, "days/2026-11-13/index.html").text
    assert "episodes passed all 1 rules hold" in day
    assert f"insights {words}" in day


def test_rows_of_others_cannot_become_markup(store: Store) -> None:
    check(store, "insights", found("insights", "error", {"insight_id": HOSTILE, HOSTILE: "x" * 5000}))
    write_docs(store.warehouse, store.data_docs, DAY)

    shown = page(store, "days/2026-11-13/insights.html")
    assert {"script", "img"}.isdisjoint(shown.tags)
    assert "<script>alert(1)</script>" in shown.text
    assert "{{ 7*7 }}" in shown.text
    assert not set(shown.text) & {"\x00", "\x1b", "\u202e"}
    assert "x" * 300 + "…" in shown.text
    assert "x" * 301 not in shown.text


def test_pages_ask_nobody_and_lead_only_to_each_other(store: Store) -> None:
    check(store, "shows", found("shows", "warning", {"show_id": "https://example.org/track.js"}))
    check(store, "episodes", found("episodes", "error", {"episode_id": "javascript:alert(1)"}))
    write_docs(store.warehouse, store.data_docs, DAY)

    root = Path(str(store.data_docs))
    for path, shown in all_pages(store).items():
        policies = [value for _, value in shown.attributes if value.startswith("default-src")]
        assert policies == ["default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"], path
        assert "style" not in shown.tags
        assert [link for link in shown.links if not ((root / path).parent / link).resolve().is_file()] == [], path
    assert len(all_pages(store)) == 5
    assert "url(" not in (store.data_docs / "style.css").read_text()


def test_a_second_run_writes_nothing_and_mended_data_everything_that_told_of_it(store: Store) -> None:
    check(store, "episodes", found("episodes", "error"))
    check(store, "insights", found("insights", "error", {"insight_id": "insight1"}))
    assert "style.css" in written(store)
    assert written(store) == set()

    check(store, "insights", found("insights", "error"))
    assert written(store) == {
        "days/2026-11-13/insights.html",
        "days/2026-11-13/index.html",
        "days/2026-11-13/summary.json",
        "months/2026-11.html",
        "index.html",
    }
    assert "stopped" not in page(store, "index.html").text


def test_old_days_stay_and_the_first_page_stays_short(store: Store) -> None:
    days = [DAY - timedelta(days=past) for past in range(LAST_DAYS + 9)]
    for day in days:
        check(store, "episodes", found("episodes", "error"), day=day)
        write_docs(store.warehouse, store.data_docs, day)

    first = page(store, "index.html")
    assert [link for link in first.links if link.startswith("days/")] == [
        f"days/{day}/index.html" for day in days[:LAST_DAYS]
    ]
    assert [link for link in first.links if link.startswith("months/")] == [
        "months/2026-11.html",
        "months/2026-10.html",
    ]
    of_months = all_pages(store)["months/2026-10.html"].links + all_pages(store)["months/2026-11.html"].links
    assert len([link for link in of_months if link.startswith("../days/")]) == len(days)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"day": "2026-11-12", "verdict": "<b>"}'])
def test_a_damaged_line_is_left_out_until_its_day_is_written_again(store: Store, damage: bytes) -> None:
    for day in (DAY, DAY - timedelta(days=1)):
        check(store, "episodes", found("episodes", "error"), day=day)
        write_docs(store.warehouse, store.data_docs, day)
    (store.data_docs / "days" / "2026-11-12" / "summary.json").write_bytes(damage)
    (store.data_docs / "days" / "..x").mkdir()

    write_docs(store.warehouse, store.data_docs, DAY)
    assert "2026-11-12" not in page(store, "index.html").text
    write_docs(store.warehouse, store.data_docs, DAY - timedelta(days=1))
    assert "2026-11-12" in page(store, "index.html").text


def test_a_rule_that_is_gone_and_a_sample_that_is_none_are_shown_all_the_same(store: Store) -> None:
    gone = found("insights", "warning", {"insight_id": "insight1"})
    check(store, "insights", dataclasses.replace(gone, rule=dataclasses.replace(gone.rule, name="insights_rhyme")))
    partition = f"table=insights/date={DAY}"
    (row,) = store.warehouse.read("check_results", partition)
    store.warehouse.write("check_results", partition, [row | {"sample": "no JSON"}])

    write_docs(store.warehouse, store.data_docs, DAY)
    assert "insights rhyme look at it 1 of 10 rows" in page(store, "days/2026-11-13/insights.html").text


def test_a_day_that_was_not_checked_has_an_index_and_nothing_else(store: Store) -> None:
    assert written(store) == {"style.css", "index.html"}


def test_data_docs_lie_in_an_object_store_too() -> None:
    base = UPath(f"memory://{uuid.uuid4().hex}")
    store = Store(str(base))
    check(store, "insights", found("insights", "error"))
    assert "days/2026-11-13/insights.html" in written(store)
    assert page_of(store.data_docs, "insights", DAY).exists()
    assert written(store) == set()
    base.fs.rm(base.path, recursive=True)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [([], "passed"), (["passed", "warned"], "warned"), (["set_aside", "stopped", "passed"], "stopped")],
)
def test_a_day_is_as_good_as_the_worst(verdicts: list[Verdict], expected: Verdict) -> None:
    assert worst(verdicts) == expected
