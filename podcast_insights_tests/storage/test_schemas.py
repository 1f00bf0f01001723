import re

import pyarrow as pa
import pytest

from podcast_insights.storage.connections import create_view, open_duckdb
from podcast_insights.storage.schemas import SCHEMA_VERSION, TABLES, Table, arrow_schema, table

each_table = pytest.mark.parametrize("of", TABLES, ids=lambda of: of.name)


def test_table_names_are_distinct() -> None:
    assert len({of.name for of in TABLES}) == len(TABLES)


@each_table
def test_a_table_is_described_in_full(of: Table) -> None:
    assert of.description.startswith("One row per ")
    assert of.description.endswith(".")
    assert len(set(of.column_names)) == len(of.columns)
    assert [column.name for column in of.columns if not column.description.endswith(".")] == []
    assert [name for name in of.column_names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


@each_table
def test_a_key_is_made_of_columns_that_are_never_null(of: Table) -> None:
    columns = {column.name: column for column in of.columns}

    assert of.key
    assert [name for name in of.key if columns[name].is_nullable] == []


@each_table
def test_names_say_their_units(of: Table) -> None:
    types = {column.name: column.type for column in of.columns}
    answers = {name for name in types if name.startswith(("is_", "has_"))}

    assert {types[name] for name in answers} <= {"BOOLEAN"}
    assert {name for name, kind in types.items() if kind == "TIMESTAMPTZ"} == {
        name for name in types if name.endswith("_at")
    }
    assert {name for name, kind in types.items() if kind == "DATE"} == {
        name for name in types if name.endswith("_date") and name not in answers
    }
    assert {types[name] for name in types if name.endswith(("_s", "_ratio", "_usd"))} <= {"DOUBLE"}
    assert {types[name] for name in types if name.endswith("_bytes")} <= {"BIGINT"}


@each_table
def test_the_parquet_schema_is_the_table_and_carries_the_version(of: Table) -> None:
    schema = arrow_schema(of.name)

    assert tuple(schema.names) == of.column_names
    assert [field.nullable for field in schema] == [column.is_nullable for column in of.columns]
    assert schema.metadata == {b"podcast_insights.schema_version": str(SCHEMA_VERSION).encode()}


@each_table
def test_duckdb_sees_the_same_types_with_and_without_files(of: Table, tmp_path_factory: pytest.TempPathFactory) -> None:
    import pyarrow.parquet as pq

    path = tmp_path_factory.mktemp("schemas") / f"{of.name}.parquet"
    pq.write_table(arrow_schema(of.name).empty_table(), path)
    expected = [(column.name, column.type.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")) for column in of.columns]

    for paths in ([], [str(path)]):
        with open_duckdb() as connection:
            create_view(connection, of, paths)
            described = connection.execute(f'DESCRIBE "{of.name}"').fetchall()
            assert [(name, kind.replace('"', "")) for name, kind, *_ in described] == expected


def test_an_unknown_table_is_named_with_those_that_exist() -> None:
    with pytest.raises(KeyError, match=r"no table 'episode'; there are shows, feed_items, .*skipped"):
        table("episode")


def test_timestamps_are_in_utc_to_the_microsecond() -> None:
    assert arrow_schema("shows").field("last_polled_at").type == pa.timestamp("us", tz="UTC")
