"""Which columns the columns of a SQL model are made of, read from its SQL.

Kept apart from loading, because it takes some milliseconds for each column and only a run that reports it needs it.
"""

from collections.abc import Mapping

from podcast_insights.errors import SettingsError
from podcast_insights.storage.sql_models import SqlModel, columns_of

ColumnLineage = Mapping[str, tuple[tuple[str, str], ...]]


def column_lineage(model: SqlModel, models: Mapping[str, SqlModel]) -> ColumnLineage:
    """Return, for each column of a model, the (table or model, column) pairs that its value is made of.

    Columns that only filter, join or order are not among them.

    Raises:
        SettingsError: A column that the model reads is not there.
    """
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage

    schema = {name: dict.fromkeys(columns_of(name, models), "TEXT") for name in model.depends_on}
    try:
        # All columns at once: for each alone, the whole query would be parsed and qualified again.
        roots = lineage(None, model.sql, schema=schema, dialect="duckdb", trim_selects=False)
    except (SqlglotError, ValueError) as error:
        raise SettingsError(f"{model.path}: its columns cannot be traced: {error}") from error
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for column in model.column_names:
        if column not in roots:
            raise SettingsError(f"{model.path}: the column {column} cannot be traced: the model does not select it")
        sources = {
            (node.source.name, node.name.rpartition(".")[2])
            for node in roots[column].walk()
            if isinstance(node.source, exp.Table)
        }
        for name, read in sources:
            if read not in schema.get(name, {}):
                raise SettingsError(f"{model.path}: the column {column} cannot be traced: {name} has no column {read}")
        found[column] = tuple(sorted(sources))
    return found
