"""``podcast_insights.duckdb``: the file that notebooks, BI tools and the duckdb shell open.

It holds a copy of every table and of every model that is kept as a table, the other models as views on them, and what
each table and column means as comments; opening it needs no other file. It is built beside and replaces the old one
whole: whoever has the old one open goes on reading it, and looking never blocks a run.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.files import move_in
from podcast_insights.storage.connections import open_duckdb, quoted
from podcast_insights.storage.model_runs import open_models
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.sql_models import SqlModel
from podcast_insights.storage.warehouse import Warehouse

if TYPE_CHECKING:
    import duckdb

# The oldest format that has all we use, so that tools with an older DuckDB can open the file.
STORAGE_VERSION = "v1.2.0"
# Columns that no person reads and that would be most of the file; the Parquet files have them.
LEFT_OUT = frozenset({("insight_vectors", "vector")})


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckdbTable:
    """One table or view of the file, with its number of rows."""

    name: str
    kind: Literal["table", "model", "view"]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckdbFile:
    """What was built: where, how large, and what it holds."""

    path: UPath
    size_bytes: int
    tables: tuple[DuckdbTable, ...]


def build_duckdb_file(warehouse: Warehouse, models: Mapping[str, SqlModel], path: UPath) -> DuckdbFile:
    """Build the DuckDB file from what the warehouse holds now, and replace ``path`` by it.

    Raises:
        SettingsError: DuckDB does not accept a model's SQL.
        DamagedFileError: A damaged file was met; it is set aside now.
        StorageError: The file cannot be built or written.
    """
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / "building.duckdb"
        try:
            _copy_tables(warehouse, models, local)
            with open_duckdb(str(local)) as connection:
                _create_views(connection, models)
                _comment(connection, models)
                tables = tuple(_listed(connection, models))
        except duckdb.Error as error:
            raise StorageError(f"{path} could not be built: {error}") from error
        size_bytes = local.stat().st_size
        move_in(path, local)
    return DuckdbFile(path=path, size_bytes=size_bytes, tables=tables)


def _copy_tables(warehouse: Warehouse, models: Mapping[str, SqlModel], local: Path) -> None:
    names = [table.name for table in TABLES] + [
        model.name for model in models.values() if model.materialized == "table"
    ]
    with open_models(warehouse, models) as connection, _attached(connection, local) as database:
        for name in names:
            without = ", ".join(column for table, column in sorted(LEFT_OUT) if table == name)
            columns = f"* EXCLUDE ({without})" if without else "*"
            connection.execute(f'CREATE TABLE {database}.main."{name}" AS SELECT {columns} FROM "{name}"')  # noqa: S608


@contextmanager
def _attached(connection: "duckdb.DuckDBPyConnection", local: Path) -> Iterator[str]:
    """Attach the new file and yield its own name there: all connections of a process see what is attached."""
    database = f"built_{uuid4().hex}"
    connection.execute(f"ATTACH {quoted(str(local))} AS {database} (STORAGE_VERSION {quoted(STORAGE_VERSION)})")
    try:
        yield database
    finally:
        connection.execute(f"DETACH {database}")


def _create_views(connection: "duckdb.DuckDBPyConnection", models: Mapping[str, SqlModel]) -> None:
    for model in models.values():
        if model.materialized == "view":
            connection.execute(f'CREATE VIEW "{model.name}" AS\n{model.sql}')


def _comment(connection: "duckdb.DuckDBPyConnection", models: Mapping[str, SqlModel]) -> None:
    for of in TABLES:
        described = {column.name: column.description for column in of.columns if (of.name, column.name) not in LEFT_OUT}
        _comment_on(connection, "TABLE", of.name, of.description, described)
    for model in models.values():
        described = {column.name: column.description for column in model.columns}
        _comment_on(connection, model.materialized.upper(), model.name, model.description, described)


def _comment_on(
    connection: "duckdb.DuckDBPyConnection", kind: str, name: str, description: str, columns: Mapping[str, str]
) -> None:
    connection.execute(f'COMMENT ON {kind} "{name}" IS {quoted(description)}')
    for column, meaning in columns.items():
        connection.execute(f'COMMENT ON COLUMN "{name}"."{column}" IS {quoted(meaning)}')


def _listed(connection: "duckdb.DuckDBPyConnection", models: Mapping[str, SqlModel]) -> Iterator[DuckdbTable]:
    kinds: dict[str, Literal["table", "model", "view"]] = {table.name: "table" for table in TABLES}
    kinds |= {model.name: "view" if model.materialized == "view" else "model" for model in models.values()}
    for name, kind in kinds.items():
        ((rows,),) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()  # noqa: S608 - a known name
        yield DuckdbTable(name=name, kind=kind, rows=rows)
