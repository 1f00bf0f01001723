"""Rows and columns of an Arrow table are what Arrow itself makes of them, instants at the edges of the calendar too."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.storage.columns import columns_of, require_shape, rows_of

SCHEMA = pa.schema(
    {
        "at": pa.timestamp("us", tz="UTC"),
        "local": pa.timestamp("us"),
        "day": pa.date32(),
        "words": pa.list_(pa.string()),
    }
)
ROWS = st.fixed_dictionaries(
    {
        "at": st.none() | st.datetimes(timezones=st.just(UTC)),
        "local": st.none() | st.datetimes(),
        "day": st.none() | st.dates(),
        "words": st.none() | st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), max_size=2),
    }
)


@given(st.lists(ROWS, max_size=4))
def test_rows_are_those_that_were_put_in(rows: list[dict[str, object]]) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)

    assert rows_of(table) == rows
    assert columns_of(table) == {name: [row[name] for row in rows] for name in SCHEMA.names}


def test_the_first_and_the_last_instant_of_the_calendar_are_kept() -> None:
    edges = [datetime.min.replace(tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]
    edges += [datetime.max.replace(tzinfo=UTC), None]
    table = pa.table({"at": pa.array(edges, SCHEMA.field("at").type), "day": [date.min] * 4})

    assert columns_of(table)["at"] == edges
    assert all(each.tzinfo is UTC for each in columns_of(table)["at"] if each)


LINKS = pa.list_(pa.struct({"url": pa.string(), "parts": pa.list_(pa.int64())}))
WANTED = pa.schema({"title": pa.string(), "words": pa.list_(pa.string()), "links": LINKS})


@pytest.mark.parametrize(
    "found",
    [
        WANTED,
        pa.schema({"title": pa.string()}),
        pa.schema({"title": pa.large_string(), "words": pa.list_(pa.int64()), "another": LINKS}),
        pa.schema({"links": pa.list_(pa.struct({"url": pa.int32()}))}),
    ],
)
def test_columns_may_be_fewer_more_or_count_another_way(found: pa.Schema) -> None:
    require_shape(found, WANTED)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("title", pa.list_(pa.string())),
        ("title", pa.struct({"a": pa.string()})),
        ("words", pa.string()),
        ("words", pa.struct({"item": pa.string()})),
        ("words", pa.list_(pa.list_(pa.string()))),
        ("links", pa.list_(pa.string())),
    ],
)
def test_a_list_that_is_none_is_damage_and_so_is_a_plain_value_that_is_one(name: str, kind: pa.DataType) -> None:
    found = WANTED.set(WANTED.get_field_index(name), pa.field(name, kind))
    with pytest.raises(ValueError, match=rf"^{name} is .*, and should be ") as raised:
        require_shape(found, WANTED)
    assert str(raised.value).endswith(str(WANTED.field(name).type))
