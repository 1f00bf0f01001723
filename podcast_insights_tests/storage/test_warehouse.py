import io
import os
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.storage.connections import quoted
from podcast_insights.storage.schemas import SCHEMA_VERSION, arrow_schema, table
from podcast_insights.storage.transcripts import TranscriptsRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.examples import NOW
from podcast_insights_tests.storage.processes import at_once, write_days
from podcast_insights_tests.storage.three_days import MONDAY, TUESDAY, WEDNESDAY, a_row, a_segment, names, queried


def test_nothing_is_read_or_made_before_the_first_write(warehouse: Warehouse) -> None:
    assert warehouse.read("insights", MONDAY) == []
    assert warehouse.partitions("insights") == ()
    assert warehouse.files("insights") == []
    assert warehouse.damaged_files() == []
    assert not warehouse.folder.exists()


def test_a_partition_is_replaced_whole(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", MONDAY, [a_row("a"), a_row("b")])
    size_bytes = warehouse.write("related_insights", MONDAY, [a_row("c")])

    assert names(warehouse, MONDAY) == ["c"]
    assert [path.stat().st_size for path in warehouse.files("related_insights")] == [size_bytes]


def test_partitions_stand_apart(three_days: Warehouse) -> None:
    three_days.delete("related_insights", TUESDAY)
    three_days.delete("related_insights", TUESDAY)

    assert three_days.partitions("related_insights") == (MONDAY, WEDNESDAY)
    assert queried(three_days) == ["mon", "wed"]
    assert queried(three_days, partitions=[WEDNESDAY, TUESDAY]) == ["wed"]
    assert [path.name for path in three_days.files("related_insights", partitions=[MONDAY])] == ["data.parquet"]


def test_a_partition_without_rows_is_not_a_missing_one(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", MONDAY, [])

    assert warehouse.partitions("related_insights") == (MONDAY,)
    assert (names(warehouse, MONDAY), queried(warehouse)) == ([], [])


def test_a_table_without_partitions_is_one_file(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", "", [a_row("a")])

    assert (names(warehouse, ""), queried(warehouse)) == (["a"], ["a"])
    assert warehouse.partitions("related_insights") == (".",)
    assert warehouse.files("related_insights") == [warehouse.folder / "related_insights" / "data.parquet"]


def test_the_files_of_partitions_are_none_of_the_table_without_partitions(three_days: Warehouse) -> None:
    assert three_days.files("related_insights", partitions=[""]) == []
    assert len(three_days.files("related_insights")) == 3


@pytest.mark.parametrize(("rows", "packed"), [(1, {"UNCOMPRESSED"}), (40, {"ZSTD"})])
def test_a_table_of_one_row_is_not_packed(warehouse: Warehouse, rows: int, packed: set[str]) -> None:
    warehouse.write("related_insights", MONDAY, [a_row(f"row {number}") for number in range(rows)])
    (path,) = warehouse.files("related_insights")

    group = pq.read_metadata(io.BytesIO(path.read_bytes())).row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    assert {column.compression for column in columns} == packed
    has_dictionary = {"RLE_DICTIONARY" in column.encodings for column in columns}
    assert has_dictionary == ({False} if rows == 1 else {True})


def test_a_partition_is_read_by_column_all_or_some(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", MONDAY, [a_row("a"), a_row("b")])
    warehouse.write("related_insights", MONDAY, [a_row("c")], file_name="later.parquet")
    warehouse.write("related_insights", TUESDAY, [a_row("d")])

    found = warehouse.read_columns("related_insights", MONDAY)

    assert tuple(found) == table("related_insights").column_names
    rows = [dict(zip(found, cells, strict=True)) for cells in zip(*found.values(), strict=True)]
    assert rows == warehouse.read("related_insights", MONDAY) != []
    assert warehouse.read_columns("related_insights", MONDAY, ["insight_id"]) == {"insight_id": ["a", "b", "c"]}
    assert warehouse.read_columns("related_insights", WEDNESDAY, ["insight_id"]) == {"insight_id": []}


def test_a_column_of_no_file_is_none_in_each_row(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", MONDAY, [a_row("a"), a_row("b")])
    (path,) = warehouse.files("related_insights")
    with path.open("rb") as file:
        older = pq.read_table(file).drop_columns(["compared_by", "insight_id"])
    buffer = io.BytesIO()
    pq.write_table(older, buffer)
    path.write_bytes(buffer.getvalue())

    found = warehouse.read_columns("related_insights", MONDAY)

    assert found["insight_id"] == [None, None]
    assert found["related_insight_id"] == ["other", "other"]


def test_a_changed_byte_in_a_row_that_is_not_compressed_is_noticed(warehouse: Warehouse) -> None:
    """Nothing else would: the file has its length, its footer, and words that read well."""
    warehouse.write("related_insights", MONDAY, [a_row("a-long-name-that-is-found")])
    (path,) = warehouse.files("related_insights")
    content = path.read_bytes()
    assert content.count(b"a-long-name-that-is-found") >= 1
    path.write_bytes(content.replace(b"a-long-name-that-is-found", b"a-long-name-that-is-bound"))

    assert warehouse.read("related_insights", MONDAY) == []
    assert len(warehouse.damaged_files()) == 1


@pytest.mark.parametrize("call", ["write", "read", "partitions", "connect"])
def test_an_unknown_table_is_refused(warehouse: Warehouse, call: str) -> None:
    calls = {
        "write": lambda: warehouse.write("episode", MONDAY, []),
        "read": lambda: warehouse.read("episode", MONDAY),
        "partitions": lambda: warehouse.partitions("episode"),
        "connect": lambda: warehouse.connect(["episode"]).__enter__(),
    }
    with pytest.raises(KeyError, match="no table 'episode'"):
        calls[call]()


def test_a_table_without_files_is_empty_and_typed(warehouse: Warehouse) -> None:
    with warehouse.connect(["insights"]) as connection:
        found = connection.sql("SELECT * FROM insights")
        assert tuple(found.columns) == table("insights").column_names
        assert connection.execute("SELECT count(*), sum(value_ratio) FROM insights").fetchone() == (0, None)


@pytest.mark.parametrize(
    "change",
    [
        {"insight_id": None},
        {"insight_id": "\ud83d"},
        {"similarity_ratio": "much"},
        {"insight_id": ["a"]},
    ],
)
def test_rows_that_do_not_fit_are_refused_and_the_old_ones_stay(warehouse: Warehouse, change: dict[str, Any]) -> None:
    warehouse.write("related_insights", MONDAY, [a_row("old")])

    with pytest.raises(StorageError, match=f"related_insights/{MONDAY} do not fit"):
        warehouse.write("related_insights", MONDAY, [a_row(**change)])

    assert names(warehouse, MONDAY) == ["old"]


def test_a_number_beyond_the_column_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(StorageError, match="do not fit"):
        warehouse.write("segments", MONDAY, [a_segment(10**30)])


def test_instants_come_back_in_utc(warehouse: Warehouse) -> None:
    at = datetime(2026, 11, 13, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=9)))
    row = {"stage": "feeds", "scope": "all", "show_id": "s", "subject_id": "s", "reason": "network", "message": "503"}
    warehouse.write("skipped", "", [row | {"retryable": True, "attempts": 1, "first_at": at, "last_at": NOW}])

    with warehouse.connect(["skipped"]) as connection:
        (queried_at,) = connection.execute("SELECT first_at FROM skipped").fetchone() or (None,)

    read_at = warehouse.read("skipped", "")[0]["first_at"]
    assert read_at == queried_at == at
    assert read_at.utcoffset() == queried_at.utcoffset() == timedelta(0)


def write_older(warehouse: Warehouse, partition: str, columns: dict[str, Any]) -> None:
    """Write a file as a version of the project with other columns would have."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    path = warehouse.folder / "related_insights" / partition / "data.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


def test_a_column_that_an_older_file_does_not_have_is_null(three_days: Warehouse) -> None:
    write_older(three_days, MONDAY, {"insight_id": ["old"], "related_insight_id": ["x"], "dropped_since": [1]})

    assert three_days.read("related_insights", MONDAY)[0]["similarity_ratio"] is None
    with three_days.connect(["related_insights"]) as connection:
        query = "SELECT insight_id, similarity_ratio FROM related_insights WHERE insight_id IN ('old', 'tue')"
        found = connection.execute(query).fetchall()
    assert sorted(found) == [("old", None), ("tue", 0.5)]


def test_a_column_of_an_older_type_is_read_as_its_type_now(three_days: Warehouse) -> None:
    write_older(three_days, MONDAY, {"insight_id": [7], "related_insight_id": ["x"], "similarity_ratio": ["0.25"]})

    with three_days.connect(["related_insights"]) as connection:
        found = connection.execute("SELECT insight_id, similarity_ratio FROM related_insights ORDER BY 2, 1").fetchall()

    assert found == [("7", 0.25), ("tue", 0.5), ("wed", 0.5)]


@pytest.mark.parametrize("folder", ["it's a folder", "a [b] *c?", "größer", "insight_id=wrong"])
def test_the_base_may_have_any_name(tmp_path: Path, folder: str) -> None:
    warehouse = Warehouse(UPath(tmp_path / folder))
    for partition, name in ((MONDAY, "mon"), (TUESDAY, "tue")):
        warehouse.write("related_insights", partition, [a_row(name)])

    assert queried(warehouse) == ["mon", "tue"]
    assert warehouse.partitions("related_insights") == (MONDAY, TUESDAY)


def test_half_written_files_are_never_looked_at(three_days: Warehouse) -> None:
    (three_days.folder / "related_insights" / MONDAY / ".data.parquet.abc.tmp").write_bytes(b"half")

    assert queried(three_days) == ["mon", "tue", "wed"]
    assert names(three_days, MONDAY) == ["mon"]


def test_a_connection_is_closed_afterwards(warehouse: Warehouse) -> None:
    import duckdb

    with warehouse.connect(["insights"]) as connection:
        assert connection.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)

    with pytest.raises(duckdb.ConnectionException):
        connection.execute("SELECT 1")


def test_two_connections_at_once_see_nothing_of_each_other(three_days: Warehouse) -> None:
    found = []
    with (
        three_days.connect(["related_insights"], partitions=[MONDAY]) as one,
        three_days.connect(["related_insights"], partitions=[TUESDAY]) as other,
    ):
        one.execute("CREATE TEMP TABLE mine AS SELECT 1 AS number")
        other.execute("CREATE TEMP TABLE mine AS SELECT 2 AS number")
        for connection in (one, other):
            found += connection.sql("SELECT insight_id, number FROM related_insights, mine").fetchall()

    assert found == [("mon", 1), ("tue", 2)]


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    warehouse = Warehouse(UPath(tmp_path))
    found = []
    for name in ("a", "b"):
        warehouse.write("related_insights", MONDAY, [a_row(name)])
        (path,) = warehouse.files("related_insights")
        # A new file with the age and the size of the old one, as where two are written within one tick of the clock.
        os.utime(str(path), (1_700_000_000, 1_700_000_000))
        found += queried(warehouse)

    assert found == ["a", "b"]


def test_two_processes_on_different_days_lose_nothing(tmp_path: Path) -> None:
    days = [date(2026, 11, day) for day in range(1, 9)]

    at_once(write_days, [(tmp_path, days[:4], 2), (tmp_path, days[4:], 2)])

    repository = TranscriptsRepository(Warehouse(UPath(tmp_path)))
    found = {day: repository.of_day(day) for day in days}
    assert [[transcript.episode_id for transcript in found[day]] for day in days] == [
        [f"episode{day:%d}"] for day in days
    ]
    assert {len(transcript.segments) for transcripts in found.values() for transcript in transcripts} == {50}
    assert [path for path in tmp_path.rglob("*") if path.suffix == ".tmp"] == []


def test_the_schema_version_travels_with_each_file(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", MONDAY, [a_row()])

    (path,) = warehouse.files("related_insights")
    stored = pq.read_schema(io.BytesIO(path.read_bytes()))

    assert stored.metadata[b"podcast_insights.schema_version"] == str(SCHEMA_VERSION).encode()
    assert stored.equals(arrow_schema("related_insights"))


def test_text_is_quoted_for_sql() -> None:
    assert quoted("it's") == "'it''s'"
