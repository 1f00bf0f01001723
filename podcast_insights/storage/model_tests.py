"""What must be true of a SQL model, as ``schema.yml`` says it: unique keys, values that are there, known, found, new.

Every model that is kept as a table has its key tested; a column has the tests that stand beside it::

    - {name: feed_status, description: "...", tests: [not_null, {accepted_values: [active, gone]}]}
    - {name: show_id, description: "...", tests: [{relationships: dim_shows.show_id}]}
    - {name: polled_date, description: "...", tests: [{freshness: 2}]}

The views on tables need none for their keys: the rules of ``quality`` check those, day by day.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from podcast_insights.errors import SettingsError, StorageError
from podcast_insights.storage.connections import quoted

if TYPE_CHECKING:
    from podcast_insights.storage.sql_models import SqlModel
    from podcast_insights.storage.warehouse import Warehouse

SAMPLE_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTest:
    """One sentence that should be true of a model; ``sql`` gives the rows that break it."""

    name: str
    model: str
    description: str
    sql: str
    where: str
    found_in: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTestResult:
    """How many rows break a test, and some of them."""

    test: ModelTest
    failed_rows: int
    sample: tuple[Mapping[str, Any], ...]


def key_test(model: str, key: Sequence[str], where: str) -> ModelTest:
    """Return the test that the key of a model is unique."""
    columns = ", ".join(f'"{column}"' for column in key)
    return ModelTest(
        name=f"{model}_has_unique_keys",
        model=model,
        description=f"No two rows agree in {', '.join(key)}.",
        sql=f'SELECT {columns}, count(*) AS rows FROM "{model}" GROUP BY {columns} HAVING count(*) > 1',  # noqa: S608
        where=where,
    )


def column_tests(model: str, column: str, written: Any, where: str) -> Iterator[ModelTest]:
    """Yield the tests that stand beside a column in ``schema.yml``.

    Raises:
        SettingsError: What stands there is no test.
    """
    if not isinstance(written or [], list):
        raise SettingsError(f"{where}: tests must be a list, such as [not_null]")
    for test in written or []:
        kind, argument = next(iter(test.items())) if isinstance(test, dict) and len(test) == 1 else (test, None)
        make = _KINDS.get(str(kind))
        if make is None:
            raise SettingsError(f"{where}: there is no test {kind!r} for a column; there are: {', '.join(_KINDS)}")
        yield make(model, column, argument, where)


def require_related(models: Mapping[str, "SqlModel"]) -> None:
    """Raise where a test looks for values in a model or a column that is not there.

    Raises:
        SettingsError: With the file and the line of the test.
    """
    for test in (test for model in models.values() for test in model.tests if test.found_in):
        other, column = test.found_in or ("", "")
        if other not in models or column not in models[other].column_names:
            raise SettingsError(f"{test.where}: there is no model {other} with a column {column} to find values in")


def run_model_tests(
    warehouse: "Warehouse", models: Mapping[str, "SqlModel"], names: Sequence[str], *, now: datetime
) -> tuple[ModelTestResult, ...]:
    """Return what the tests of some models find in what the warehouse holds, at the time ``now``.

    Raises:
        StorageError: A test could not be run.
    """
    import duckdb

    from podcast_insights.storage.model_runs import open_models

    results: list[ModelTestResult] = []
    with open_models(warehouse, models) as connection:
        connection.execute("SET VARIABLE checked_at = CAST(? AS TIMESTAMPTZ)", [now])
        for test in (test for name in names for test in models[name].tests):
            try:
                found = connection.sql(f"SELECT *, count(*) OVER () AS failing FROM ({test.sql}) LIMIT {SAMPLE_ROWS}")  # noqa: S608
                columns, rows = found.columns[:-1], found.fetchall()
            except duckdb.Error as error:
                raise StorageError(f"{test.where}: the test {test.name} could not be run: {error}") from error
            sample = tuple(dict(zip(columns, row[:-1], strict=True)) for row in rows)
            results.append(ModelTestResult(test=test, failed_rows=rows[0][-1] if rows else 0, sample=sample))
    return tuple(results)


def _not_null(model: str, column: str, argument: Any, where: str) -> ModelTest:
    if argument is not None:
        raise SettingsError(f"{where}: not_null stands alone, got {argument!r}")
    return ModelTest(
        name=f"{model}_{column}_is_never_null",
        model=model,
        description=f"Every row has a value in {column}.",
        sql=f'FROM "{model}" WHERE "{column}" IS NULL',
        where=where,
    )


def _accepted_values(model: str, column: str, argument: Any, where: str) -> ModelTest:
    if not isinstance(argument, list) or not argument:
        raise SettingsError(f"{where}: accepted_values needs a list of values, got {argument!r}")
    values = ", ".join(quoted(str(value)) for value in argument)
    return ModelTest(
        name=f"{model}_{column}_is_known",
        model=model,
        description=f"Each value of {column} that is there is one of: {', '.join(map(str, argument))}.",
        sql=f'FROM "{model}" WHERE CAST("{column}" AS VARCHAR) NOT IN ({values})',
        where=where,
    )


def _relationships(model: str, column: str, argument: Any, where: str) -> ModelTest:
    other, dot, found = str(argument).partition(".")
    if not dot:
        raise SettingsError(f"{where}: relationships needs a model and its column, as dim_shows.show_id")
    return ModelTest(
        name=f"{model}_{column}_is_in_{other}",
        model=model,
        description=f"Each value of {column} that is there is a {found} of {other}.",
        sql=(
            f'SELECT ours.* FROM "{model}" AS ours ANTI JOIN "{other}" AS theirs '  # noqa: S608
            f'ON ours."{column}" = theirs."{found}" WHERE ours."{column}" IS NOT NULL'
        ),
        where=where,
        found_in=(other, found),
    )


def _freshness(model: str, column: str, argument: Any, where: str) -> ModelTest:
    if not isinstance(argument, int) or isinstance(argument, bool) or argument < 1:
        raise SettingsError(f"{where}: freshness needs a number of days, such as 2, got {argument!r}")
    return ModelTest(
        name=f"{model}_{column}_is_fresh",
        model=model,
        description=f"The newest {column} is at most {argument} days old; a model without rows has none.",
        sql=(
            f'SELECT max("{column}") AS newest FROM "{model}" HAVING CAST(newest AS TIMESTAMPTZ) '  # noqa: S608
            f"< getvariable('checked_at') - INTERVAL {argument} DAY"
        ),
        where=where,
    )


_KINDS: dict[str, Callable[[str, str, Any, str], ModelTest]] = {
    "not_null": _not_null,
    "accepted_values": _accepted_values,
    "relationships": _relationships,
    "freshness": _freshness,
}
