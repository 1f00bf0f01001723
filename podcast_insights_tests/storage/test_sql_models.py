"""SQL models: what loading refuses, what it reads from the SQL."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from upath import UPath

from podcast_insights.errors import SettingsError, StorageError
from podcast_insights.storage.model_runs import model_file, open_models
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.sql_lineage import column_lineage
from podcast_insights.storage.sql_models import SqlModel, load_models
from podcast_insights.storage.store import Store
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.examples import (
    a_show,
)
from podcast_insights_tests.storage.models import run_model

FOLDER = Path(__file__).parents[2] / "dbt_like_sql"

STG = "-- materialized: view\n-- One row per show.\nSELECT\n    show_id,\n    title AS show_title\nFROM shows\n"
MART = """-- materialized: table
-- One row per title.
SELECT
    show_title,
    count(*) AS shows
FROM stg_x
GROUP BY 1
"""
SCHEMA = """
models:
  - name: stg_x
    description: One row per show.
    key: [show_id]
    columns: [{name: show_id, description: The show.}, {name: show_title, description: Its title.}]
  - name: mart_x
    description: One row per title.
    key: [show_title]
    columns: [{name: show_title, description: The title.}, {name: shows, description: How many shows have it.}]
"""


def with_tests(tests: str) -> str:
    """Return the schema with tests beside the title of ``mart_x``."""
    return SCHEMA.replace("description: The title.", f"description: The title., tests: {tests}")


def write_models(folder: Path, schema: str = SCHEMA, **models: str) -> Path:
    for name, sql in {"stg_x": STG, "mart_x": MART, **models}.items():
        path = folder / ("staging" if name.startswith("stg") else "marts") / f"{name}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(sql)
    (folder / "schema.yml").write_text(schema)
    return folder


@pytest.fixture(scope="module")
def models() -> Mapping[str, SqlModel]:
    return load_models(FOLDER)


def test_a_model_is_what_its_file_and_the_schema_say(tmp_path: Path) -> None:
    stg, mart = load_models(write_models(tmp_path)).values()
    assert (stg.name, stg.materialized, stg.depends_on, stg.key) == ("stg_x", "view", ("shows",), ("show_id",))
    assert (mart.name, mart.materialized, mart.depends_on) == ("mart_x", "table", ("stg_x",))
    assert mart.column_names == ("show_title", "shows")
    assert mart.columns[1].description == "How many shows have it."


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            MART.replace("FROM stg_x", "FROM stg_y"),
            r"mart_x.sql:6: there is no table or model stg_y; did",
        ),
        (MART.replace("FROM stg_x", "FROM other.stg_x"), "there is no table or model other.stg_x"),
        (MART.replace("FROM stg_x", "FROM mart_x"), r"mart_x.sql:6: the models go in a circle: mart_x -> mart_x"),
        (
            MART.replace("count(*) AS shows", "count(*) AS sows"),
            r"schema.yml:7: the column sows of .*mart_x.sql is not documented",
        ),
        (MART.replace(",\n    count(*) AS shows", ""), r"schema.yml:10: .*mart_x.sql selects no column shows"),
        (MART.replace("show_title,\n", "*,\n"), r"mart_x.sql:4: names its columns"),
        (MART.replace("show_title,\n", "stg_x.*,\n"), r"mart_x.sql:4: names its columns"),
        (
            MART.replace("SELECT\n", "WITH shows AS (SELECT show_title FROM stg_x)\nSELECT\n"),
            r"mart_x.sql:3: WITH shows hides",
        ),
        (MART.replace("FROM stg_x", "FROM WHERE"), r"mart_x.sql:\d+: cannot be read as SQL"),
        (MART + ";DROP TABLE shows", "exactly one SELECT"),
        (MART.removeprefix("-- materialized: table\n"), r"mart_x.sql:1: must begin with '-- materialized"),
        (MART.replace("materialized: table", "materialized: sometimes"), "must begin with"),
    ],
)
def test_a_wrong_model_is_refused_with_its_file(tmp_path: Path, sql: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_models(write_models(tmp_path, mart_x=sql))


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            SCHEMA.replace("name: mart_x", "name: mart_y"),
            r"schema.yml:7: the model mart_y is documented, but has no file",
        ),
        (SCHEMA.partition("  - name: mart_x")[0], r"mart_x.sql: the model is not documented"),
        (SCHEMA.replace("The title.", "''"), r"schema.yml:7: the column show_title of .* is not documented"),
        (SCHEMA.replace("    key: [show_title]\n", ""), r"schema.yml:7: the key must name columns"),
        (
            SCHEMA.replace("key: [show_title]", "key: [title]"),
            r"schema.yml:7: the key must name columns of .*mart_x.sql that identify a row, got \['title'\]",
        ),
        (with_tests("not_null"), r"schema.yml:10: tests must be a list"),
        (with_tests("[on_time]"), r"schema.yml:10: there is no test 'on_time' for a column; there are: not_null"),
        (with_tests("[{not_null: 3}]"), "not_null stands alone"),
        (with_tests("[{accepted_values: []}]"), "accepted_values needs a list"),
        (with_tests("[{freshness: soon}]"), r"schema.yml:10: freshness needs a number of days"),
        (with_tests("[{relationships: stg_x}]"), "relationships needs a model and its column"),
        (
            with_tests("[{relationships: stg_y.show_title}]"),
            r"schema.yml:10: there is no model stg_y with a column show",
        ),
        (with_tests("[{relationships: stg_x.titel}]"), r"schema.yml:10: there is no model stg_x with a column titel"),
        ("models: [", "must list models"),
        ("- nothing", "must list models"),
    ],
)
def test_a_wrong_schema_is_refused(tmp_path: Path, schema: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_models(write_models(tmp_path, schema))


@pytest.mark.parametrize("name", ["shows", "Stg_Upper"])
def test_a_wrong_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}.sql"):
        load_models(write_models(tmp_path, **{name: STG}))


def test_two_models_in_a_circle_are_named(tmp_path: Path) -> None:
    circle = STG.replace("title AS show_title", "show_title").replace("FROM shows", "FROM mart_x")
    with pytest.raises(
        SettingsError, match=r"x.sql:6: the models go in a circle: (mart_x -> stg_x -> mart_x|stg_x -> mart_x -> stg_x)"
    ):
        load_models(write_models(tmp_path, stg_x=circle))


def test_lineage_goes_through_common_table_expressions(models: Mapping[str, SqlModel]) -> None:
    lineage = column_lineage(models["fct_episodes"], models)
    assert lineage["episode_title"] == (("stg_feed_items", "episode_title"),)
    assert lineage["is_skipped"] == (("stg_episodes", "is_selected"), ("stg_skipped", "subject_id"))
    assert lineage["skip_reason"] == (("stg_skipped", "last_skipped_at"), ("stg_skipped", "skip_reason"))
    assert column_lineage(models["stg_shows"], models)["show_name"] == (("shows", "name"),)


def test_a_column_that_is_not_there_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"stg_x.sql:5: there is no column tilte to read; did you mean title"):
        load_models(write_models(tmp_path, stg_x=STG.replace("title AS", "tilte AS")))


def test_lineage_of_a_column_that_is_not_there_is_refused(models: Mapping[str, SqlModel]) -> None:
    wrong = dataclasses.replace(models["stg_shows"], sql="SELECT tilte AS show_id FROM shows")
    with pytest.raises(
        SettingsError, match=r"stg_shows\.sql: the column show_id cannot be traced: shows has no column tilte"
    ):
        column_lineage(wrong, models)


def test_lineage_of_a_column_that_a_model_does_not_select_names_both(models: Mapping[str, SqlModel]) -> None:
    short = dataclasses.replace(models["stg_shows"], sql="SELECT show_id FROM shows")
    with pytest.raises(SettingsError, match=r"stg_shows\.sql: the column show_name cannot be traced"):
        column_lineage(short, models)


def test_lineage_reads_the_sql_of_duckdb(models: Mapping[str, SqlModel]) -> None:
    halved = dataclasses.replace(
        models["stg_shows"],
        sql="SELECT listed_episodes // 2 AS show_id FROM shows",
        columns=models["stg_shows"].columns[:1],
    )
    assert column_lineage(halved, models) == {"show_id": (("shows", "listed_episodes"),)}


def test_lineage_of_what_is_no_sql_names_the_file(models: Mapping[str, SqlModel]) -> None:
    wrong = dataclasses.replace(models["stg_shows"], sql="SELECT FROM FROM")
    with pytest.raises(SettingsError, match=r"stg_shows\.sql: its columns cannot be traced: "):
        column_lineage(wrong, models)


def test_the_models_of_the_project_say_what_they_are(models: Mapping[str, SqlModel]) -> None:
    for model in models.values():
        assert model.sql.splitlines()[1] == f"-- {model.description}"
        assert (model.materialized == "view") == model.name.startswith("stg_") == (model.path.parent.name == "staging")


def test_duckdb_accepts_every_model_without_any_file(base: UPath, models: Mapping[str, SqlModel]) -> None:
    warehouse = Warehouse(base)
    for model in models.values():
        run = run_model(warehouse, model, models)
        assert (run.rows, run.preview) == (0, ())
        assert tuple(name for name, _ in run.columns) == model.column_names
        # 128-bit integers become floats in Parquet and pandas.
        assert "HUGEINT" not in {kind for _, kind in run.columns}
        assert model_file(warehouse, model).exists() == (model.materialized == "table")


def test_a_model_that_duckdb_refuses_is_a_mistake_in_its_file(tmp_path: Path) -> None:
    models = load_models(write_models(tmp_path, stg_x=STG.replace("title AS", "no_such_function(title) AS")))
    with pytest.raises(SettingsError, match=r"stg_x.sql: DuckDB does not accept the model stg_x"):
        run_model(Warehouse(UPath(tmp_path / "base")), models["stg_x"], models)


def test_a_table_model_is_read_from_its_file_until_the_model_changes(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "base"))
    store.catalog.save(a_show(), [])
    models = load_models(write_models(tmp_path))
    run_model(store.warehouse, models["mart_x"], models)
    store.catalog.save(a_show("show2", title="Another"), [])

    def titles(models: Mapping[str, SqlModel]) -> list[tuple[str, ...]]:
        with open_models(store.warehouse, models) as connection:
            return connection.sql("FROM mart_x ORDER BY 1").fetchall()

    assert titles(models) == [("Deep Dives", 1)]
    changed = MART.replace("AS shows", "AS n")
    newer = load_models(write_models(tmp_path, SCHEMA.replace("name: shows", "name: n"), mart_x=changed))
    assert titles(newer) == [("Another", 1), ("Deep Dives", 1)]
    model_file(store.warehouse, models["mart_x"]).write_bytes(b"damaged")
    assert titles(models) == [("Another", 1), ("Deep Dives", 1)]
    assert run_model(store.warehouse, models["mart_x"], models).preview[0].keys() == {"show_title", "shows"}


def test_a_table_model_whose_sql_changed_is_computed_until_it_is_written_again(tmp_path: Path) -> None:
    models = load_models(write_models(tmp_path))
    store = Store(str(tmp_path / "store"))
    store.catalog.save(a_show(), [])
    run_model(store.warehouse, models["mart_x"], models)
    changed = dataclasses.replace(models["mart_x"], sql=MART.replace("count(*)", "count(*) + 41"))

    with open_models(store.warehouse, {**models, "mart_x": changed}) as connection:
        assert connection.execute("SELECT shows FROM mart_x").fetchall() == [(42,)]


def test_every_table_and_model_can_be_looked_at(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    with open_models(Warehouse(UPath(tmp_path)), models) as connection:
        for name in [*(table.name for table in TABLES), *models]:
            assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchall() == [(0,)]


class BrokenWarehouse(Warehouse):
    """Opens for nobody."""

    @contextmanager
    def connect(self, *_: object, **__: object) -> Iterator[duckdb.DuckDBPyConnection]:
        raise duckdb.IOException("no space left")
        yield


def test_tables_that_cannot_be_opened_are_said_and_no_model_is_blamed(tmp_path: Path) -> None:
    models = load_models(FOLDER)
    with pytest.raises(StorageError, match="the tables that the SQL models read could not be opened: no space left"):
        run_model(BrokenWarehouse(UPath(tmp_path)), models["dim_shows"], models)
