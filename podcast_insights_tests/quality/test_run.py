"""What a check says about a day: counts, samples, days without rows, damaged files, time zones."""

import uuid

import duckdb
import pytest
from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.quality.batches import PRIMARY_LANGUAGE, batch_of
from podcast_insights.quality.rules import USUAL
from podcast_insights.quality.run import RuleResult, check_table
from podcast_insights.quality.suites import SUITES
from podcast_insights.settings import DigestSettings
from podcast_insights.storage.store import Store
from podcast_insights.transcripts.languages import ALIASES, primary_language
from podcast_insights_tests.quality.fakes import day_file, plant, rewrite, store_a_good_day
from podcast_insights_tests.storage.examples import DAY

DIGEST = DigestSettings()


def result_of(store: Store, table: str, rule: str) -> RuleResult:
    return {result.rule.name: result for result in check_table(store.warehouse, table, DAY, digest=DIGEST)}[rule]


def test_a_failure_names_the_rows_and_their_values(store: Store) -> None:
    plant(store, "insights", "insight_id = 'insight2'", value_ratio="1.25")
    result = result_of(store, "insights", "insights_have_values_from_0_to_1")
    assert (result.passed, result.rows, result.failed_rows) == (False, 2, 1)
    (row,) = result.sample
    assert list(row.items()) == [
        ("insight_id", "insight2"),
        ("claim", "In episode2, heat pumps work"),
        ("quote", "that heat pumps work. In episode2 they say"),
        ("value_ratio", 1.25),
    ]
    assert type(result.sample[0]["value_ratio"]) is float
    assert result.observed == "1 of 2 rows"


def test_a_sample_is_small(store: Store) -> None:
    plant(store, "segments", "true", text="' '")
    result = result_of(store, "segments", "segments_have_text")
    assert result.failed_rows == result.rows == 24
    assert len(result.sample) == 5
    assert list(result.sample[0]) == ["episode_id", "index", "text"]


def test_a_day_without_rows_keeps_every_rule(store: Store) -> None:
    rewrite(store, "insights", "FROM stored LIMIT 0")
    results = check_table(store.warehouse, "insights", DAY, digest=DIGEST)
    of_rows = [result for result in results if result.rule.expectation.type != USUAL]
    assert all(result.passed and result.rows == 0 and result.observed == "no rows" for result in of_rows)


@pytest.mark.parametrize("table", SUITES)
def test_great_expectations_agrees_about_days_without_rows(
    store: Store, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(store, table, "FROM stored LIMIT 0")
    told = check_table(store.warehouse, table, DAY, digest=DIGEST)
    monkeypatch.setattr("podcast_insights.quality.run.ABOUT_ROWS", ())
    assert check_table(store.warehouse, table, DAY, digest=DIGEST) == told


def test_a_damaged_file_is_not_a_day_without_rows(store: Store) -> None:
    day_file(store, "insights").write_bytes(b"PAR1 and then nothing")
    result = result_of(store, "insights", "insights_of_the_day_are_written")
    assert (result.passed, result.observed) == (False, f"no file of {DAY} can be read")


def test_a_file_that_does_not_fit_its_table_is_a_storage_error(store: Store) -> None:
    rewrite(store, "audio_files", "SELECT * REPLACE ('long' AS duration_s) FROM stored")
    with pytest.raises(StorageError, match="audio_files of 2026-11-13 cannot be checked"):
        check_table(store.warehouse, "audio_files", DAY, digest=DIGEST)


def test_the_day_is_the_readers(store: Store) -> None:
    plant(store, "episodes", "episode_id = 'episode1'", published_at="TIMESTAMPTZ '2026-11-13 23:30:00Z'")
    published = {
        zone: set(batch_of(store.warehouse, "episodes", DAY, digest=DigestSettings(timezone=zone))["published"])
        for zone in ("UTC", "Europe/Berlin")
    }
    assert published == {"UTC": {"on the day"}, "Europe/Berlin": {"on the day", "after the day"}}


def test_an_implausible_date_is_not_held_against_the_day(store: Store) -> None:
    wrong = {"published_at": "TIMESTAMPTZ '2031-01-01 00:00:00Z'", "has_plausible_date": "false"}
    plant(store, "episodes", "episode_id = 'episode1'", **wrong)
    assert result_of(store, "episodes", "episodes_were_published_on_the_day").passed


def test_a_language_is_the_same_to_the_rules_as_to_what_transcribes() -> None:
    with duckdb.connect() as connection:
        connection.execute(PRIMARY_LANGUAGE)
        tags = [*ALIASES, *ALIASES.values(), "pt-BR", "EN_us", ""]
        found = [connection.execute("SELECT primary_language(?)", [tag]).fetchone() for tag in tags]
    assert found == [(primary_language(tag),) for tag in tags]


def test_batches_hold_only_plain_columns(store: Store) -> None:
    for table in SUITES:
        frame = batch_of(store.warehouse, table, DAY, digest=DIGEST)
        kinds = {type(value) for column in frame for value in frame[column].dropna().tolist()}
        assert kinds <= {str, int, float, bool}, table


def test_checks_work_on_an_object_store() -> None:
    base = UPath(f"memory://{uuid.uuid4().hex}")
    store = Store(str(base))
    store_a_good_day(store)
    assert all(result.passed for result in check_table(store.warehouse, "insights", DAY, digest=DIGEST))
    base.fs.rm(base.path, recursive=True)
