"""The DuckDB file: whole, commented, needing nothing else, and replaced under a reader who goes on reading."""

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.storage.blobs import Blobs
from podcast_insights.storage.catalog import CatalogRepository
from podcast_insights.storage.duckdb_file import LEFT_OUT, build_duckdb_file
from podcast_insights.storage.schemas import TABLES, table
from podcast_insights.storage.sql_models import SqlModel, load_models
from podcast_insights.storage.store import Store
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.examples import DAY, a_show, an_episode, an_insight

FOLDER = Path(__file__).parents[2] / "dbt_like_sql"


@pytest.fixture(scope="module")
def models() -> Mapping[str, SqlModel]:
    return load_models(FOLDER)


def test_the_file_holds_everything_and_needs_nothing_else(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    store = Store(str(tmp_path / "base"))
    store.catalog.save(a_show(), [an_episode()])
    store.insights.replace_day(DAY, [an_insight()])
    report = build_duckdb_file(store.warehouse, models, store.duckdb_file)
    alone = tmp_path / "alone.duckdb"
    shutil.move(str(store.duckdb_file), alone)
    shutil.rmtree(tmp_path / "base")

    assert report.size_bytes == alone.stat().st_size
    assert {part.name: part.kind for part in report.tables} == {
        **{table.name: "table" for table in TABLES},
        **{model.name: "view" if model.materialized == "view" else "model" for model in models.values()},
    }
    with duckdb.connect(str(alone), read_only=True) as connection:
        for part in report.tables:
            assert connection.execute(f'SELECT count(*) FROM "{part.name}"').fetchall() == [(part.rows,)]
        assert connection.sql("SELECT insights, furthest_stage FROM fct_episodes").fetchall() == [(1, "with_insights")]
        assert connection.sql("SELECT show_name FROM stg_shows").fetchall() == [("Deep Dives",)]


def test_every_table_and_column_has_its_comment(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    path = UPath(tmp_path / "podcast_insights.duckdb")
    build_duckdb_file(Warehouse(UPath(tmp_path)), models, path)
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.sql(
            "SELECT table_name, comment FROM duckdb_tables() "
            "UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
        columns = connection.sql(
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    assert dict(tables) == {of.name: of.description for of in (*TABLES, *models.values())}
    assert {(name, column): comment for name, column, comment in columns} == {
        (of.name, column.name): column.description
        for of in (*TABLES, *models.values())
        for column in of.columns
        if (of.name, column.name) not in LEFT_OUT
    }


def test_a_reader_keeps_the_file_that_it_opened(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    store = Store(str(tmp_path))
    store.catalog.save(a_show(), [])
    build_duckdb_file(store.warehouse, models, store.duckdb_file)
    with duckdb.connect(str(store.duckdb_file), read_only=True) as reader:
        store.catalog.save(a_show("show2"), [])
        build_duckdb_file(store.warehouse, models, store.duckdb_file)
        assert reader.execute("SELECT count(*) FROM shows").fetchall() == [(1,)]
    with duckdb.connect(str(store.duckdb_file), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM shows").fetchall() == [(2,)]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["podcast_insights.duckdb"]


def test_the_file_can_be_built_on_an_object_store(base: UPath, models: Mapping[str, SqlModel]) -> None:
    warehouse = Warehouse(base)
    CatalogRepository(warehouse, Blobs(base)).save(a_show(), [])
    report = build_duckdb_file(warehouse, models, base / "podcast_insights.duckdb")
    assert {part.name: part.rows for part in report.tables}["dim_shows"] == 1
    assert len((base / "podcast_insights.duckdb").read_bytes()) == report.size_bytes


def test_a_file_that_cannot_be_built_leaves_the_old_one(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    store = Store(str(tmp_path))
    build_duckdb_file(store.warehouse, models, store.duckdb_file)
    before = store.duckdb_file.read_bytes()
    store.catalog.save(a_show(), [])
    (file,) = store.warehouse.files("shows")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 'x' AS show_id, 'soon' AS last_polled_at) TO '{file}' (FORMAT parquet)")
    with pytest.raises(StorageError, match="could not be built"):
        build_duckdb_file(store.warehouse, models, store.duckdb_file)
    assert store.duckdb_file.read_bytes() == before
    assert "last_polled_at" in table("shows").column_names
    file.unlink()
    assert build_duckdb_file(store.warehouse, models, store.duckdb_file).tables


def test_two_files_can_be_built_at_once_in_one_process(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    stores = [Store(str(tmp_path / name)) for name in ("first", "second")]
    for number, store in enumerate(stores):
        store.catalog.save(a_show(f"show{number}"), [])
    with ThreadPoolExecutor(len(stores)) as threads:
        list(threads.map(lambda store: build_duckdb_file(store.warehouse, models, store.duckdb_file), stores))
    for number, store in enumerate(stores):
        with duckdb.connect(str(store.duckdb_file), read_only=True) as reader:
            assert reader.execute("SELECT show_id FROM shows").fetchall() == [(f"show{number}",)]
