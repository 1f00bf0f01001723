"""Arrow tables as Python values, by column and by row, and what shape their columns must have.

Arrow makes a time of the calendar of each instant by itself, ten times as slowly as adding its microseconds to the
epoch, and half of all columns of a table of episodes are times.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def columns_of(table: "pa.Table") -> dict[str, list[Any]]:
    """Return the values of each column, instants in UTC."""
    return {name: _values(column) for name, column in zip(table.column_names, table.columns, strict=True)}


def rows_of(table: "pa.Table") -> list[dict[str, Any]]:
    """Return the rows, instants in UTC."""
    return rows_in(columns_of(table))


def rows_in(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return the rows of what is given by column."""
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def require_shape(found: "pa.Schema", wanted: "pa.Schema") -> None:
    """Check that the columns of a file are lists, structs or plain values where those of its table are.

    Versions add columns, and may count another way; none made a text of a list. A footer that says so is damaged.

    Raises:
        ValueError: One is something else.
    """
    if found.equals(wanted):
        return
    for field in found:
        place = wanted.get_field_index(field.name)
        if place >= 0 and not _is_alike(field.type, wanted.field(place).type):
            raise ValueError(f"{field.name} is {field.type}, and should be {wanted.field(place).type}")


def _is_alike(found: "pa.DataType", wanted: "pa.DataType") -> bool:
    import pyarrow as pa

    if pa.types.is_list(wanted):
        return pa.types.is_list(found) and _is_alike(found.value_type, wanted.value_type)
    return bool(pa.types.is_nested(found) == pa.types.is_nested(wanted))


def _values(column: "pa.ChunkedArray") -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "us" and column.type.tz == "UTC":
        microseconds = column.cast(pa.int64()).to_pylist()
        return [None if each is None else _EPOCH + timedelta(microseconds=each) for each in microseconds]
    values: list[Any] = column.to_pylist()
    return values
