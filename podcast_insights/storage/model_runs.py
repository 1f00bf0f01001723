"""SQL models at work: looked at through DuckDB, and written as Parquet.

A model that is kept as a ``table`` is one file, ``<base>/warehouse/<model>/data.parquet``, replaced atomically like
every other. Where that file is not there yet, or was written by another version of the model, the model's SQL stands in
for it: the answer is the same, it only takes longer. So looking never fails because something was not run.
"""

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upath import UPath

from podcast_insights.errors import SettingsError, StorageError
from podcast_insights.files import move_in, set_aside
from podcast_insights.fingerprints import short_id
from podcast_insights.storage.connections import quoted
from podcast_insights.storage.parquet_footers import DAMAGED_SUFFIX, has_footer
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.sql_models import SqlModel
from podcast_insights.storage.warehouse import DATA_FILE, Warehouse

if TYPE_CHECKING:
    import duckdb

PREVIEW_ROWS = 10
_MADE_BY = "podcast_insights.made_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRun:
    """What a model holds now: its number of rows, its columns as (name, DuckDB type), and its first rows."""

    rows: int
    columns: tuple[tuple[str, str], ...]
    preview: tuple[Mapping[str, Any], ...]


def run_models(
    warehouse: Warehouse, names: Collection[str], models: Mapping[str, SqlModel]
) -> Iterator[tuple[str, ModelRun]]:
    """Run some models, each after those that it reads, and yield what each holds now.

    All on one connection: looking for the files of years of days takes longer than most models do.

    Raises:
        SettingsError: DuckDB does not accept a model's SQL, or it gives other columns than are documented.
        StorageError: A result cannot be computed or written.
    """
    tables, needed = _needed_by(names, models)
    at_work: list[SqlModel] = []
    with _explained(at_work), warehouse.connect(tables) as connection, tempfile.TemporaryDirectory() as folder:
        for model in needed:
            at_work.append(model)
            if model.name in names:
                yield model.name, _run(warehouse, model, connection, Path(folder) / f"{model.name}.parquet")
            else:
                _create_view(connection, model, _kept_file(warehouse, model))


def _run(warehouse: Warehouse, model: SqlModel, connection: "duckdb.DuckDBPyConnection", local: Path) -> ModelRun:
    _create_view(connection, model, None)
    if model.materialized == "view":
        return _described(connection, model, f'FROM "{model.name}"')
    noted = f"KV_METADATA {{{quoted(_MADE_BY)}: {quoted(short_id(model.sql))}}}"
    connection.execute(f'COPY "{model.name}" TO {quoted(str(local))} (FORMAT parquet, COMPRESSION zstd, {noted})')
    written = f"FROM read_parquet({quoted(str(local))})"
    run = _described(connection, model, written)
    move_in(model_file(warehouse, model), local)
    # Those that read it read what was written.
    _create_view(connection, model, _kept_file(warehouse, model))
    return run


@contextmanager
def open_models(warehouse: Warehouse, models: Mapping[str, SqlModel]) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Yield an in-memory DuckDB connection with every table of the warehouse and every model, closed afterwards.

    Raises:
        SettingsError: DuckDB does not accept a model's SQL.
    """
    with warehouse.connect([table.name for table in TABLES]) as connection:
        for model in models.values():
            with _explained([model]):
                _create_view(connection, model, _kept_file(warehouse, model))
        yield connection


def first_rows(warehouse: Warehouse, model: SqlModel, most: int) -> list[dict[str, Any]]:
    """Return the first rows of a model that is kept as a table, as it was written last; none where it was not."""
    import pyarrow.parquet as pq

    path = _kept_file(warehouse, model)
    if path is None:
        return []
    with path.open("rb") as file:
        batch = next(pq.ParquetFile(file).iter_batches(batch_size=most, use_threads=False), None)
    rows: list[dict[str, Any]] = batch.to_pylist() if batch is not None else []
    return rows


def model_file(warehouse: Warehouse, model: SqlModel) -> UPath:
    """Return where a model that is kept as a table is written."""
    return warehouse.folder / model.name / DATA_FILE


def _needed_by(names: Collection[str], models: Mapping[str, SqlModel]) -> tuple[list[str], list[SqlModel]]:
    """Return the tables that some models read, directly or through others, and all these models in order."""
    needed = set(names)
    for model in reversed(list(models.values())):
        if model.name in needed:
            needed |= set(model.depends_on)
    return sorted(needed - set(models)), [model for model in models.values() if model.name in needed]


def _kept_file(warehouse: Warehouse, model: SqlModel) -> UPath | None:
    """Return the file of a model where there is one that this version of the model wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = model_file(warehouse, model)
    if model.materialized == "view" or not path.exists():
        return None
    try:
        with path.open("rb") as file:
            found = pq.read_schema(file)
    except (pa.ArrowException, OSError):
        set_aside(path, DAMAGED_SUFFIX, is_damaged=lambda aside: not has_footer(aside))
        return None
    is_current = (found.metadata or {}).get(_MADE_BY.encode()) == short_id(model.sql).encode()
    return path if is_current and tuple(found.names) == model.column_names else None


def _create_view(connection: "duckdb.DuckDBPyConnection", model: SqlModel, kept: UPath | None) -> None:
    source = model.sql if kept is None else f"FROM read_parquet({quoted(str(kept))})"
    connection.execute(f'CREATE OR REPLACE TEMP VIEW "{model.name}" AS\n{source}')


def _described(connection: "duckdb.DuckDBPyConnection", model: SqlModel, source: str) -> ModelRun:
    shape = connection.sql(f"{source} LIMIT {PREVIEW_ROWS}")
    names = tuple(shape.columns)
    if names != model.column_names:
        raise SettingsError(f"{model.path}: gives the columns {', '.join(names)}, not {', '.join(model.column_names)}")
    types = tuple(str(kind) for kind in shape.types)
    preview = tuple(dict(zip(names, row, strict=True)) for row in shape.fetchall())
    ((rows,),) = connection.execute(f"SELECT count(*) {source}").fetchall()
    return ModelRun(rows=rows, columns=tuple(zip(names, types, strict=True)), preview=preview)


@contextmanager
def _explained(at_work: Sequence[SqlModel]) -> Iterator[None]:
    """Say with an error of DuckDB which model it came from: the last one of ``at_work``."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        if not at_work:
            raise StorageError(f"the tables that the SQL models read could not be opened: {error}") from error
        model = at_work[-1]
        if isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
            raise SettingsError(f"{model.path}: DuckDB does not accept the model {model.name}: {error}") from error
        raise StorageError(f"{model.path}: the model {model.name} could not be computed: {error}") from error
