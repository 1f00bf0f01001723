"""The tests of SQL models: each finds the rows that break it, and nothing in rows that keep it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from podcast_insights.errors import SettingsError, StorageError
from podcast_insights.storage.model_tests import ModelTestResult, column_tests, key_test, run_model_tests
from podcast_insights.storage.sql_models import SqlModel, load_models
from podcast_insights.storage.store import Store
from podcast_insights_tests.storage.examples import a_show
from podcast_insights_tests.storage.test_sql_models import FOLDER, write_models

MART = """-- materialized: table
-- One row per show, or so.
SELECT
    page_url AS page,
    status,
    language AS name,
    last_polled_at AS asked_at
FROM shows
"""
SCHEMA = """
models:
  - name: stg_x
    description: One row per show.
    key: [show_id]
    columns: [{name: show_id, description: The show.}, {name: show_title, description: Its title.}]
  - name: mart_x
    description: One row per show, or so.
    key: [page]
    columns:
      - {name: page, description: "The page.", tests: [not_null]}
      - {name: status, description: "The status.", tests: [{accepted_values: [active, failing]}]}
      - {name: name, description: "The name.", tests: [{relationships: stg_x.show_title}]}
      - {name: asked_at, description: "When it was asked.", tests: [{freshness: 2}]}
"""


LAST = datetime(2026, 11, 13, 6, 30, tzinfo=UTC)


@pytest.fixture
def models(tmp_path: Path) -> Mapping[str, SqlModel]:
    folder = tmp_path / "models"
    folder.mkdir()
    return load_models(write_models(folder, SCHEMA, mart_x=MART))


def found(store: Store, models: Mapping[str, SqlModel]) -> dict[str, ModelTestResult]:
    results = run_model_tests(store.warehouse, models, ["mart_x"], now=LAST + timedelta(days=2))
    return {result.test.name: result for result in results}


def test_rows_that_keep_every_test_are_not_reported(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    store = Store(str(tmp_path / "base"))
    store.catalog.save(
        a_show("show1", page_url="https://one.example.org", title="One", language="One", last_polled_at=LAST), []
    )
    store.catalog.save(a_show("show2", page_url="https://two.example.org", title="Two", language=None), [])

    assert {name: result.failed_rows for name, result in found(store, models).items()} == {
        "mart_x_has_unique_keys": 0,
        "mart_x_page_is_never_null": 0,
        "mart_x_status_is_known": 0,
        "mart_x_name_is_in_stg_x": 0,
        "mart_x_asked_at_is_fresh": 0,
    }


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"page_url": "https://one.example.org"}, "mart_x_has_unique_keys"),
        ({"page_url": None}, "mart_x_page_is_never_null"),
        ({"status": "gone"}, "mart_x_status_is_known"),
        ({"language": "Three"}, "mart_x_name_is_in_stg_x"),
        ({"last_polled_at": LAST - timedelta(seconds=1)}, "mart_x_asked_at_is_fresh"),
    ],
)
def test_a_fault_breaks_exactly_its_test(
    tmp_path: Path, models: Mapping[str, SqlModel], changes: dict[str, Any], broken: str
) -> None:
    store = Store(str(tmp_path / "base"))
    polled_at = changes.get("last_polled_at", LAST)
    good = {"title": "One", "language": "One", "last_polled_at": polled_at}
    store.catalog.save(a_show("show1", **good, page_url="https://one.example.org"), [])
    store.catalog.save(a_show("show2", **(good | {"page_url": "https://two.example.org"} | changes)), [])

    results = found(store, models)

    assert {name for name, result in results.items() if result.failed_rows} == {broken}
    assert (results[broken].failed_rows, len(results[broken].sample)) == (1, 1)
    assert "failing" not in results[broken].sample[0]


def test_a_model_without_rows_is_not_old(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    assert found(Store(str(tmp_path / "base")), models)["mart_x_asked_at_is_fresh"].failed_rows == 0


def test_each_test_says_what_should_be_true(models: Mapping[str, SqlModel]) -> None:
    assert {test.name: test.description for test in models["mart_x"].tests} == {
        "mart_x_has_unique_keys": "No two rows agree in page.",
        "mart_x_page_is_never_null": "Every row has a value in page.",
        "mart_x_status_is_known": "Each value of status that is there is one of: active, failing.",
        "mart_x_name_is_in_stg_x": "Each value of name that is there is a show_title of stg_x.",
        "mart_x_asked_at_is_fresh": "The newest asked_at is at most 2 days old; a model without rows has none.",
    }
    assert {test.model for test in models["mart_x"].tests} == {"mart_x"}
    assert len(list(column_tests("x", "a", [{"freshness": 1}], "schema.yml"))) == 1
    assert key_test("x", ["a", "b"], "schema.yml").description == "No two rows agree in a, b."


def test_at_most_five_of_the_rows_that_break_a_test_are_shown(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    store = Store(str(tmp_path / "base"))
    for number in range(7):
        store.catalog.save(a_show(f"show{number}", page_url=f"https://{number}.example.org", status="gone"), [])

    broken = found(store, models)["mart_x_status_is_known"]

    assert (broken.failed_rows, len(broken.sample)) == (7, 5)
    assert broken.sample[0].keys() == {"page", "status", "name", "asked_at"}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("not_null", "mart_x.page: tests must be a list, such as [not_null]"),
        (["unique"], "mart_x.page: there is no test 'unique' for a column; there are: not_null, accepted_values, "),
        ([{"not_null": 1}], "mart_x.page: not_null stands alone, got 1"),
        ([{"accepted_values": []}], "mart_x.page: accepted_values needs a list of values, got []"),
        ([{"accepted_values": "active"}], "mart_x.page: accepted_values needs a list of values, got 'active'"),
        ([{"relationships": "dim_shows"}], "mart_x.page: relationships needs a model and its column, as dim_"),
        ([{"freshness": 0}], "mart_x.page: freshness needs a number of days, such as 2, got 0"),
        ([{"freshness": True}], "mart_x.page: freshness needs a number of days, such as 2, got True"),
        ([{"freshness": 1, "not_null": 1}], "mart_x.page: there is no test {'freshness': 1, 'not_null': 1} for a col"),
        ([{"freshness": "2"}], "mart_x.page: freshness needs a number of days, such as 2, got '2'"),
    ],
)
def test_what_is_no_test_is_refused_with_its_place(written: Any, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        list(column_tests("mart_x", "page", written, "mart_x.page"))

    assert str(refused.value).startswith(says)


def test_a_test_that_cannot_be_run_says_which_and_where(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    (broken,) = column_tests("mart_x", "gone_column", ["not_null"], "schema.yml:7")
    asked = {**models, "mart_x": replace(models["mart_x"], tests=(broken,))}

    with pytest.raises(
        StorageError, match=r"^schema.yml:7: the test mart_x_gone_column_is_never_null could not be run: .*gone_column"
    ):
        run_model_tests(Store(str(tmp_path / "base")).warehouse, asked, ["mart_x"], now=LAST)


def test_every_table_of_the_project_has_its_key_tested() -> None:
    models = load_models(FOLDER)
    tables = {name for name, model in models.items() if model.materialized == "table"}

    assert {f"{name}_has_unique_keys" for name in tables} <= {
        test.name for model in models.values() for test in model.tests
    }
    names = [test.name for model in models.values() for test in model.tests]
    assert len(names) == len(set(names))
    assert all("schema.yml:" in test.where for model in models.values() for test in model.tests)
