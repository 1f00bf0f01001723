"""What every connection to DuckDB refuses to do, and the views that make tables of files of any version."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from podcast_insights.storage.connections import create_view, open_duckdb, own_corner
from podcast_insights.storage.schemas import WHEN_ABSENT, table

# In quotes: what "typing" remembers of a class of DuckDB outlives the interpreter, which complains of it.
Opened = Callable[[], "AbstractContextManager[duckdb.DuckDBPyConnection]"]


@pytest.mark.parametrize("opened", [open_duckdb, own_corner])
def test_a_connection_fetches_nothing_and_answers_in_utc(opened: Opened) -> None:
    names = ("autoinstall_known_extensions", "autoload_known_extensions", "enable_external_file_cache", "TimeZone")
    asked = ", ".join(f"current_setting('{name}')" for name in names)

    with opened() as connection:
        assert connection.execute(f"SELECT {asked}").fetchall() == [(False, False, False, "UTC")]


def test_a_database_in_a_file_keeps_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "a.duckdb"
    with open_duckdb(str(file)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    with open_duckdb(str(file)) as connection:
        assert connection.execute("FROM kept").fetchall() == [(1,)]


def test_nobody_sees_anothers_views() -> None:
    with own_corner() as one, own_corner() as other:
        create_view(one, table("shows"), [])

        assert one.execute("SELECT count(*) FROM shows").fetchall() == [(0,)]
        with pytest.raises(duckdb.CatalogException):
            other.execute("FROM shows")


@pytest.mark.parametrize(("name", "column"), list(WHEN_ABSENT))
def test_a_column_that_an_older_file_has_not_is_what_it_stood_for(name: str, column: str, tmp_path: Path) -> None:
    of, file = table(name), tmp_path / "older.parquet"
    kept = next(one for one in of.column_names if one != column)
    pq.write_table(pa.table({kept: pa.nulls(1)}), file)

    with own_corner() as connection:
        create_view(connection, of, [str(file)])
        relation = connection.sql(f'SELECT "{column}" FROM "{name}"')
        assert relation.fetchall() == [(WHEN_ABSENT[name, column],)]


def test_files_that_differ_are_read_by_the_names_of_their_columns(tmp_path: Path) -> None:
    older, newer = tmp_path / "older.parquet", tmp_path / "newer.parquet"
    pq.write_table(pa.table({"show_id": ["a"]}), older)
    pq.write_table(pa.table({"title": ["B"], "show_id": ["b"]}), newer)

    with own_corner() as connection:
        create_view(connection, table("shows"), [str(older), str(newer)])
        assert connection.execute("SELECT show_id, title FROM shows ORDER BY 1").fetchall() == [("a", None), ("b", "B")]


def test_a_folder_named_like_a_column_replaces_none(tmp_path: Path) -> None:
    file = tmp_path / "title=Wrong" / "data.parquet"
    file.parent.mkdir()
    pq.write_table(pa.table({"show_id": ["a"], "title": ["Right"]}), file)

    with own_corner() as connection:
        create_view(connection, table("shows"), [str(file)], are_alike=True)
        assert connection.execute("SELECT title FROM shows").fetchall() == [("Right",)]
