"""SQL models: what the files of ``dbt_like_sql/`` say, checked before anything runs.

A model is one SELECT in one file, named after the file, that reads tables of the warehouse and other models. Its first
line says how it is kept (a ``view``, or a ``table`` written as Parquet), and ``schema.yml`` says what it holds. Here
the files are read and checked, and what each model depends on is taken from its SQL. Running them is the business of
``model_runs.py``, and where columns come from of ``sql_lineage.py``.

SQL is read with sqlglot, which does not know every word of DuckDB (it misses the tables in PIVOT, for one): a test
lets DuckDB bind every model as well.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

import yaml

from podcast_insights.errors import SettingsError
from podcast_insights.storage.model_tests import ModelTest, column_tests, key_test, require_related
from podcast_insights.storage.schemas import TABLES, table

if TYPE_CHECKING:
    from sqlglot import exp

Materialized = Literal["view", "table"]

SCHEMA_FILE = "schema.yml"
_HEADER = re.compile(r"-- materialized: (view|table)\n-- (\S.*)\n")
_TABLE_NAMES = tuple(one.name for one in TABLES)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MODEL_BEGINS = re.compile(r"\s*- name: (\w+)\s*")
_COLUMN_NAME = re.compile(r"\bname: (\w+)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelColumn:
    """One column of a model, and what it means."""

    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlModel:
    """One model. ``depends_on`` are the tables and models that it reads, ``key`` the columns that identify a row."""

    name: str
    path: Path
    sql: str
    materialized: Materialized
    description: str
    key: tuple[str, ...]
    columns: tuple[ModelColumn, ...]
    depends_on: tuple[str, ...]
    tests: tuple[ModelTest, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def load_models(folder: Path) -> Mapping[str, SqlModel]:
    """Return the models of a folder by name, each after what it depends on.

    Raises:
        SettingsError: A model cannot be read, reads what is not there, goes in a circle, or is not documented in
            ``schema.yml`` column by column.
    """
    documented = _Documentation(folder / SCHEMA_FILE)
    files: dict[str, Path] = {}
    for path in sorted(folder.glob("*/*.sql")):
        _check_name(path, files)
        files[path.stem] = path
    for name in documented.models:
        if name not in files:
            where = documented.where(name)
            raise SettingsError(f"{where}: the model {name} is documented, but has no file {name}.sql")
    read = {name: _read_model(path, documented, known={*files, *_TABLE_NAMES}) for name, path in files.items()}
    models = {name: model for name, (model, _) in read.items()}
    in_order = _in_order(read)
    for model, query in read.values():
        _require_columns(model, query, models)
    require_related(models)
    return MappingProxyType({name: models[name] for name in in_order})


def _check_name(path: Path, earlier: Mapping[str, Path]) -> None:
    if not _NAME.fullmatch(path.stem):
        raise SettingsError(f"{path}: a model's name is lower-case letters, digits and underscores")
    if path.stem in _TABLE_NAMES:
        raise SettingsError(f"{path}: {path.stem} is a table of the warehouse; give the model another name")
    if path.stem in earlier:
        raise SettingsError(f"{path}: there is a model of that name already, in {earlier[path.stem]}")


def _in_order(read: "Mapping[str, tuple[SqlModel, exp.Query]]") -> list[str]:
    from sqlglot import exp

    graph = {name: [other for other in model.depends_on if other in read] for name, (model, _) in read.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        first, second, *others = reversed(error.args[1])
        model, query = read[first]
        line = next(_line(table.this) for table in query.find_all(exp.Table) if table.name == second)
        circle = " -> ".join([first, second, *others])
        raise SettingsError(f"{model.path}{line}: the models go in a circle: {circle}") from error


class _Documentation:
    """What ``schema.yml`` says of the models, by name, and on which lines it says so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            content = path.read_text(encoding="utf-8")
            # The C loader, where there is one, reads the same and is ten times as fast.
            said = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
            self.models: Mapping[str, dict[str, Any]] = {entry["name"]: entry for entry in said["models"]}
        except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
            raise SettingsError(f"{path} must list models with name, description, key and columns: {error}") from error
        self._lines: dict[tuple[str, str | None], int] = {}
        model = ""
        for number, line in enumerate(content.splitlines(), start=1):
            if begins := _MODEL_BEGINS.fullmatch(line):
                model = begins[1]
                self._lines.setdefault((model, None), number)
            else:
                for column in _COLUMN_NAME.findall(line):
                    self._lines.setdefault((model, column), number)

    def where(self, model: str, column: str | None = None) -> str:
        """Return the file and the line on which a model, or a column of it, stands, as ``schema.yml:12``."""
        line = self._lines.get((model, column))
        return f"{self.path}:{line}" if line else str(self.path)


def _read_model(path: Path, documentation: _Documentation, *, known: set[str]) -> "tuple[SqlModel, exp.Query]":
    documented = documentation.models.get(path.stem)
    sql = _read_sql(path)
    header = _HEADER.match(sql)
    if header is None:
        raise SettingsError(f"{path}:1: must begin with '-- materialized: view' or 'table', then '-- ' and what it is")
    if documented is None:
        raise SettingsError(f"{path}: the model is not documented; add it to {SCHEMA_FILE}")
    query = _parse(path, sql)
    _refuse_stars(path, query)
    columns, key = _documented_columns(path, documentation, tuple(query.named_selects))
    model = SqlModel(
        name=path.stem,
        path=path,
        sql=sql,
        materialized=cast("Materialized", header[1]),
        description=str(documented.get("description") or header[2]),
        key=key,
        columns=columns,
        depends_on=tuple(sorted(set(_tables_read(path, query, known)))),
        tests=tuple(_tests(path.stem, header[1], key, documentation)),
    )
    return model, query


def _require_columns(model: SqlModel, query: "exp.Query", models: Mapping[str, SqlModel]) -> None:
    """Refuse a column whose name is in nothing that the query reads.

    By name alone: resolving each column costs a tenth of the time in which the location loads. Which table it is in is
    settled by DuckDB, when a test lets it bind every model and when the model runs.
    """
    from sqlglot import exp

    columns = {column for name in model.depends_on for column in columns_of(name, models)}
    columns |= {alias.alias for alias in query.find_all(exp.Alias)}
    sources = {source.alias_or_name for source in query.find_all(exp.Table)}
    for column in query.find_all(exp.Column):
        # What stands before the dot may also be a value with fields, such as one of a list.
        is_field = column.table and column.table not in sources
        if not is_field and column.name not in columns | sources:
            near = difflib.get_close_matches(column.name, columns, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{model.path}{_line(column.this)}: there is no column {column.name} to read{hint}")


def columns_of(name: str, models: Mapping[str, SqlModel]) -> tuple[str, ...]:
    """Return the names of the columns of a table or a model."""
    return models[name].column_names if name in models else table(name).column_names


def _tests(name: str, materialized: str, key: tuple[str, ...], documentation: _Documentation) -> Iterator[ModelTest]:
    if materialized == "table":
        yield key_test(name, key, documentation.where(name))
    for column in documentation.models[name].get("columns") or []:
        if "tests" in column:
            yield from column_tests(name, column["name"], column["tests"], documentation.where(name, column["name"]))


def _read_sql(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error


def _parse(path: Path, sql: str) -> "exp.Query":
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        line = details[0].get("line") or 1
        raise SettingsError(f"{path}:{line}: cannot be read as SQL: {details[0].get('description', error)}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise SettingsError(f"{path}: a model is exactly one SELECT, without a semicolon")
    return statements[0]


def _refuse_stars(path: Path, query: "exp.Query") -> None:
    """Refuse ``SELECT *``: which columns it gives would change with the table, unseen."""
    from sqlglot import exp

    for select in query.find_all(exp.Select):
        for projection in select.expressions:
            if projection.is_star:
                star = projection if isinstance(projection, exp.Star) else projection.this
                raise SettingsError(f"{path}{_line(star)}: names its columns instead of selecting *")


def _tables_read(path: Path, query: "exp.Query", known: set[str]) -> Iterator[str]:
    from sqlglot import exp

    own = {cte.alias: cte for cte in query.find_all(exp.CTE)}
    for name in sorted(own.keys() & known):
        line = _line(own[name].args["alias"].this)
        raise SettingsError(f"{path}{line}: WITH {name} hides the table or model of that name; call it something else")
    for read in query.find_all(exp.Table):
        if not isinstance(read.this, exp.Identifier) or read.name in own:
            continue
        if read.db or read.name not in known:
            near = difflib.get_close_matches(read.name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{path}{_line(read.this)}: there is no table or model {read.sql()}{hint}")
        yield read.name


def _documented_columns(
    path: Path, documentation: _Documentation, selected: tuple[str, ...]
) -> tuple[tuple[ModelColumn, ...], tuple[str, ...]]:
    documented, where = documentation.models[path.stem], documentation.where(path.stem)
    described = {column["name"]: str(column.get("description") or "") for column in documented.get("columns") or []}
    for name in selected:
        if not described.get(name):
            raise SettingsError(f"{where}: the column {name} of {path} is not documented; add it with a description")
    for name in described:
        if name not in selected:
            at = documentation.where(path.stem, name)
            raise SettingsError(f"{at}: {path} selects no column {name}; remove it here or select it there")
    key = tuple(documented.get("key") or ())
    if not key or not set(key) <= set(selected):
        raise SettingsError(f"{where}: the key must name columns of {path} that identify a row, got {list(key)}")
    return tuple(ModelColumn(name=name, description=described[name]) for name in selected), key


def _line(node: "exp.Expression") -> str:
    line = node.meta.get("line")
    return f":{line}" if line else ""
