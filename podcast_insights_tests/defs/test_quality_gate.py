"""Nothing that breaks a blocking rule reaches a digest: not in the same run, nor a later one, nor as an earlier day."""

import dataclasses
import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from podcast_insights.defs.runs import DayRun
from podcast_insights.quality.record import record_results
from podcast_insights.quality.rules import Severity
from podcast_insights.quality.run import RuleResult
from podcast_insights.quality.suites import SUITES
from podcast_insights_tests.defs.fakes import World
from podcast_insights_tests.defs.stored_days import (
    MORNING_AFTER,
    THE_DAY_AFTER,
    THE_DAY_BEFORE,
    a_world_with_a_good_day,
)
from podcast_insights_tests.quality.fakes import insight_of, plant, rewrite
from podcast_insights_tests.storage.examples import DAY, an_episode

CHECKED = ("episodes", "transcripts", "insights")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world_with_a_good_day(tmp_path)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def checks_then(*assets: str) -> Any:
    """Return a job that checks what is stored, and then makes assets in the same run."""
    checks = dg.AssetSelection.checks_for_assets(*CHECKED)
    return dg.define_asset_job("checks_then", selection=checks | dg.AssetSelection.assets(*assets).without_checks())


def run_checks_then_digest(world: World, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = world.definitions(checks_then("daily_digest")).resolve_job_def("checks_then")
    return job.execute_in_process(instance=instance, partition_key=DAY.isoformat(), raise_on_error=False)


def digest_alone(world: World, day: Any = DAY) -> DayRun:
    return world.runs("digest_job", day, "daily_digest")


def quarantined(world: World, table: str) -> list[dict[str, Any]]:
    return world.store.warehouse.read("quarantine", f"table={table}/date={DAY}")


def considered(world: World) -> int:
    """Return how many insights the digest of the day chose from."""
    digest = world.store.digests.of_day(DAY)
    assert digest is not None
    return digest.considered


def made(result: dg.ExecuteInProcessResult) -> set[str]:
    return {event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key}


def record(world: World, day: Any, *, severity: Severity, passed: bool) -> None:
    """Keep what a check of a day found, as the check itself does."""
    rule = next(rule for rule in SUITES["insights"].rules if rule.severity == "error")
    result = RuleResult(
        rule=rule,
        severity=severity,
        passed=passed,
        rows=2,
        failed_rows=0 if passed else 1,
        broken=(),
        observed="1 of 2 rows",
    )
    record_results(world.store.warehouse, "insights", day, [result], now=MORNING_AFTER)


def test_a_good_day_passes_the_gate(world: World, instance: dg.DagsterInstance) -> None:
    result = run_checks_then_digest(world, instance)

    assert result.success
    assert made(result) == {"daily_digest"}
    assert all(check.passed for check in result.get_asset_check_evaluations())

    pages = Path(str(world.store.data_docs))
    assert not pages.exists(), "on a good day, the asset makes the pages"
    assert world.runs("ingest_job", DAY, "data_docs").is_success
    assert {path.stem for path in (pages / "days" / DAY.isoformat()).glob("*.html")} == {*CHECKED, "segments", "index"}
    assert DAY.isoformat() in (pages / "index.html").read_text()


def test_a_check_of_the_mail_does_not_tell_who_gets_it(world: World, instance: dg.DagsterInstance) -> None:
    plant(world.store, "outbox", "recipient = 'bob@example.org'", state="'sending'")
    asked = dg.define_asset_job("checks", selection=dg.AssetSelection.checks_for_assets("digest_mail"))

    job = world.definitions(asked).resolve_job_def("checks")
    result = job.execute_in_process(instance=instance, tags={"dagster/partition": DAY.isoformat()})

    (failed,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    sample = unescape(str(failed.metadata["sample: mails_are_not_left_in_doubt"].value))
    assert "b***@example.org" in sample
    assert "bob@" not in sample


def test_a_blocking_failure_stops_the_digest_until_it_is_mended(world: World, instance: dg.DagsterInstance) -> None:
    before = world.store.digests.of_day(DAY)
    rewrite(world.store, "insights", "FROM stored UNION ALL FROM stored WHERE insight_id = 'insight1'")

    same_run = run_checks_then_digest(world, instance)

    (failed,) = [check for check in same_run.get_asset_check_evaluations() if not check.passed]
    assert (failed.check_name, failed.severity) == ("insights_no_errors", dg.AssetCheckSeverity.ERROR)
    assert failed.blocking
    assert failed.description == "insights_have_unique_ids: 2 of 3 rows"
    assert failed.metadata["failed_rows"].value == 2
    assert "insight1" in str(failed.metadata["sample: insights_have_unique_ids"].value)
    lines = str(failed.metadata["rules"].value).splitlines()[2:]
    assert len(lines) == len([rule for rule in SUITES["insights"].rules if rule.severity == "error"])
    assert [line for line in lines if not line.startswith("| ✓ ")] == [
        line for line in lines if "| insights have unique ids |" in line
    ]
    assert str(failed.metadata["what_to_do"].value).startswith(
        "podcast-insights sql stg_quarantine --date 2026-11-13 has every row. Mend what made them, "
        "then materialize insights of this day"
    )
    page = Path(str(failed.metadata["data_docs"].value))
    assert page == Path(str(world.store.data_docs)) / "days" / DAY.isoformat() / "insights.html"
    assert "insights have unique ids" in page.read_text()
    assert not same_run.success
    assert made(same_run) == set()
    assert world.store.digests.of_day(DAY) == before

    later_run = digest_alone(world)
    assert not later_run.is_success
    assert "insights_have_unique_ids fails for 2 of 3 rows" in later_run.failures[0]
    assert "Mend the data" in later_run.failures[0]

    world.store.insights.replace_day(DAY, [insight_of("insight2", "episode2", "show2")])
    assert not digest_alone(world).is_success, "mended, but not checked again"
    assert run_checks_then_digest(world, instance).success
    assert digest_alone(world).is_success
    assert quarantined(world, "insights") == []
    assert "Every rule holds." in page.read_text(), "what is mended is not told any more"


def test_a_blocking_failure_stops_the_digest_and_the_mail_of_its_day_only(world: World) -> None:
    record(world, DAY, severity="error", passed=False)

    assert not world.runs("digest_job", DAY, "daily_digest", "digest_site", "digest_mail").is_success
    assert world.runs("digest_job", THE_DAY_AFTER, "daily_digest", "digest_mail").is_success
    assert {row.edition_date for row in world.store.outbox.rows()} == {THE_DAY_AFTER}
    assert len(world.mail_box.received) == 2


def test_a_bad_insight_is_left_out_and_stops_nothing(world: World, instance: dg.DagsterInstance) -> None:
    plant(world.store, "insights", "insight_id = 'insight1'", quote="'words that nobody said'")

    result = run_checks_then_digest(world, instance)

    (failed,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert (failed.check_name, failed.severity) == ("insights_nothing_to_set_aside", dg.AssetCheckSeverity.WARN)
    assert "insight1" in str(failed.metadata["sample: insights_quote_their_transcript"].value)
    assert failed.metadata["rows_in_quarantine"].value == 1
    assert result.success
    assert considered(world) == 1
    (row,) = quarantined(world, "insights")
    assert (row["rule"], row["item_id"], row["row_count"]) == ("insights_quote_their_transcript", "insight1", 1)
    assert json.loads(row["row_key"]) == {"insight_id": "insight1"}

    world.store.insights.replace_day(
        DAY, [insight_of("insight1", "episode1", "show1"), insight_of("insight2", "episode2", "show2")]
    )
    assert run_checks_then_digest(world, instance).success
    assert quarantined(world, "insights") == []
    assert considered(world) == 2


def test_the_episode_of_a_bad_transcript_is_left_out(world: World, instance: dg.DagsterInstance) -> None:
    plant(world.store, "segments", "episode_id = 'episode1' AND index = 1", end_s="0.5")

    result = run_checks_then_digest(world, instance)

    assert result.success
    assert considered(world) == 1
    run = world.runs("ingest_job", DAY, "insights")
    assert run.is_success
    (skip,) = world.store.skipped.of("insights", DAY)
    assert (skip["subject_id"], skip["reason"]) == ("episode1", "quality")
    assert "segments_end_after_they_start" in skip["message"]
    assert {one.episode_id for one in world.store.insights.of_day(DAY)} <= {"episode2"}


def test_a_warning_does_not_stop_the_digest(world: World, instance: dg.DagsterInstance) -> None:
    plant(world.store, "episodes", "episode_id = 'episode1'", title="' '")

    result = run_checks_then_digest(world, instance)

    (failed,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert (failed.check_name, failed.severity) == ("episodes_no_warnings", dg.AssetCheckSeverity.WARN)
    assert failed.description is not None
    assert failed.description.startswith("episodes_have_titles: 1 of ")
    assert made(result) == {"daily_digest"}
    assert digest_alone(world).is_success


@pytest.mark.parametrize(
    ("severity", "passed", "is_made"),
    [("error", False, False), ("error", True, True), ("set_aside", False, True), ("warning", False, True)],
)
def test_a_later_run_goes_by_what_the_last_check_found(
    world: World, severity: Severity, passed: bool, is_made: bool
) -> None:
    record(world, DAY, severity=severity, passed=passed)

    assert digest_alone(world).is_success is is_made


def test_a_day_that_broke_its_rules_is_left_out_of_the_next_digests(world: World) -> None:
    past = insight_of("insight7", "episode7", "show1")
    episode = an_episode("episode7", episode_date=THE_DAY_BEFORE)
    (decided, *_) = world.store.episodes.of_day(DAY)
    world.store.episodes.replace_day(THE_DAY_BEFORE, [dataclasses.replace(decided, episode=episode)])
    world.store.insights.replace_day(THE_DAY_BEFORE, [past])
    considered = digest_alone(world).metadata["daily_digest"]["considered"]
    assert considered == 3

    record(world, THE_DAY_BEFORE, severity="error", passed=False)
    run = digest_alone(world)

    assert run.is_success
    (left_out,) = run.metadata["daily_digest"]["days_left_out"]
    assert f"insights on {THE_DAY_BEFORE}" in left_out
    assert run.metadata["daily_digest"]["considered"] == considered - 1
    digest = world.store.digests.of_day(DAY)
    assert digest is not None
    assert past.insight_id not in {entry.candidate.insight.insight_id for entry in digest.entries}


def test_a_digest_without_anything_is_a_digest(world: World) -> None:
    far = THE_DAY_AFTER.replace(year=2027)

    run = digest_alone(world, far)

    assert run.is_success, "a day beyond this machine's clock is a partition for a run that asks for it"
    assert run.metadata["daily_digest"]["dagster/row_count"] == 0
    digest = world.store.digests.of_day(far)
    assert digest is not None
    assert digest.entries == ()
