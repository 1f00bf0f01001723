import io
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from podcast_insights.errors import DamagedFileError, StorageError
from podcast_insights.files import set_aside, write_bytes
from podcast_insights.storage.parquet_footers import readable_schemas
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.three_days import MONDAY, TUESDAY, WEDNESDAY, a_row, a_segment, names, queried


def junk(whole: bytes) -> bytes:
    return b"not Parquet at all"


def truncated(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def emptied(whole: bytes) -> bytes:
    return b""


def without_its_end(whole: bytes) -> bytes:
    return whole[:-1]


def with_another_footer(whole: bytes) -> bytes:
    return whole[:-200] + bytes(192) + whole[-8:]


@pytest.mark.parametrize("damage", [junk, truncated, emptied, without_its_end, with_another_footer])
@pytest.mark.parametrize("way", ["read", "connect"])
def test_a_damaged_file_is_set_aside_and_the_other_days_stay_readable(
    three_days: Warehouse, damage: Any, way: str
) -> None:
    path = three_days.files("related_insights", partitions=[TUESDAY])[0]
    path.write_bytes(damage(path.read_bytes()))

    if way == "read":
        assert names(three_days, TUESDAY) == []
    assert queried(three_days) == ["mon", "wed"]

    assert [names(three_days, partition) for partition in (MONDAY, TUESDAY, WEDNESDAY)] == [["mon"], [], ["wed"]]
    assert three_days.partitions("related_insights") == (MONDAY, WEDNESDAY)
    (aside,) = three_days.damaged_files()
    assert (aside.parent.name, aside.name) == (TUESDAY, "data.parquet.damaged")


def test_a_day_is_whole_again_when_it_is_made_again(three_days: Warehouse) -> None:
    three_days.files("related_insights", partitions=[TUESDAY])[0].write_bytes(b"junk")
    assert queried(three_days) == ["mon", "wed"]

    three_days.write("related_insights", TUESDAY, [a_row("again")])

    assert queried(three_days) == ["again", "mon", "wed"]


@pytest.mark.parametrize("found_by", ["reading", "its footer"])
def test_a_day_that_another_run_makes_again_while_its_damage_is_found_stays(
    three_days: Warehouse, monkeypatch: pytest.MonkeyPatch, found_by: str
) -> None:
    path = three_days.files("related_insights", partitions=[TUESDAY])[0]
    whole = path.read_bytes()
    path.write_bytes(junk(whole))

    def set_aside_too_late(found: UPath, suffix: str, **how: Any) -> UPath:
        write_bytes(path, whole)
        return set_aside(found, suffix, **how)

    module = "warehouse" if found_by == "reading" else "parquet_footers"
    monkeypatch.setattr(f"podcast_insights.storage.{module}.set_aside", set_aside_too_late)
    if found_by == "reading":
        assert three_days.read_file("related_insights", path) == []
    else:
        assert path not in readable_schemas([path])

    assert path.read_bytes() == whole
    assert three_days.damaged_files() == []


def flip(path: UPath, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("seed", range(5))
def test_a_flipped_byte_among_the_rows_is_found_by_reading(warehouse: Warehouse, seed: int) -> None:
    warehouse.write("segments", MONDAY, [a_segment(index, f"text {index}" * 9) for index in range(300)])
    (path,) = warehouse.files("segments")
    first_chunk = pq.read_metadata(io.BytesIO(path.read_bytes())).row_group(0).column(1)
    flip(path, first_chunk.data_page_offset + random.Random(seed).randrange(40, first_chunk.total_compressed_size - 40))

    assert warehouse.read("segments", MONDAY) == []
    assert len(warehouse.damaged_files()) == 1


def bytes_called_text() -> pa.Array:
    return pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff"))


def an_instant_in_no_zone() -> pa.Array:
    return pa.array([0], pa.timestamp("us", tz="ETC"))


@pytest.mark.parametrize("column", [bytes_called_text, an_instant_in_no_zone])
def test_what_a_footer_says_wrongly_of_a_column_is_damage(three_days: Warehouse, column: Any) -> None:
    """Pages have checksums; what they hold is said in the footer, which has none."""
    path = three_days.files("related_insights", partitions=[TUESDAY])[0]
    written = io.BytesIO()
    pq.write_table(pa.table({"insight_id": column()}), written)
    path.write_bytes(written.getvalue())

    assert three_days.read_columns("related_insights", TUESDAY)["insight_id"] == []
    assert three_days.partitions("related_insights") == (MONDAY, WEDNESDAY)
    assert len(three_days.damaged_files()) == 1


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("feed_items", "transcript_links", "no list"),
        ("feed_items", "transcript_links", ["no structs"]),
        ("digest_entries", "also_said_by", ["no lists"]),
    ],
)
@pytest.mark.parametrize("way", ["read", "read_columns", "columns"])
def test_a_list_that_is_none_any_more_is_damage(
    warehouse: Warehouse, table: str, column: str, cell: Any, way: str
) -> None:
    """Of values, another kind is one that an older version wrote; the shape of a column never changed."""
    warehouse.write(table, MONDAY, [])
    (path,) = warehouse.files(table)
    written = io.BytesIO()
    pq.write_table(pa.table({column: [cell]}), written)
    path.write_bytes(written.getvalue())

    if way == "read":
        assert warehouse.read(table, MONDAY) == []
    elif way == "read_columns":
        assert warehouse.read_columns(table, MONDAY)[column] == []
    else:
        assert warehouse.columns([table], f"FROM {table}")[column] == []

    assert len(warehouse.damaged_files()) == 1


def test_a_text_that_became_a_list_is_damage(three_days: Warehouse) -> None:
    path = three_days.files("related_insights", partitions=[TUESDAY])[0]
    written = io.BytesIO()
    pq.write_table(pa.table({"insight_id": [["a list"]]}), written)
    path.write_bytes(written.getvalue())

    assert names(three_days, TUESDAY) == []
    assert len(three_days.damaged_files()) == 1


def test_a_query_that_meets_damage_among_the_rows_says_so_and_the_next_goes_on(warehouse: Warehouse) -> None:
    warehouse.write("segments", MONDAY, [a_segment(index, f"text {index}" * 9) for index in range(300)])
    warehouse.write("segments", TUESDAY, [a_segment(0, "whole")])
    (path,) = warehouse.files("segments", partitions=[MONDAY])
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(len(content) - 4000) + content[-3996:])

    with pytest.raises(DamagedFileError, match=MONDAY), warehouse.connect(["segments"]) as connection:
        connection.execute("SELECT * FROM segments").fetchall()

    with warehouse.connect(["segments"]) as connection:
        assert connection.execute("SELECT text FROM segments").fetchall() == [("whole",)]
    assert len(warehouse.damaged_files()) == 1


def test_a_mistake_in_sql_sets_nothing_aside(three_days: Warehouse) -> None:
    import duckdb

    with pytest.raises(duckdb.BinderException), three_days.connect(["related_insights"]) as connection:
        connection.execute("SELECT no_such_column FROM related_insights")

    assert three_days.damaged_files() == []
    assert queried(three_days) == ["mon", "tue", "wed"]


def test_a_file_that_may_not_be_read_is_not_damaged(tmp_path: Path) -> None:
    warehouse = Warehouse(UPath(tmp_path))
    path = tmp_path / "warehouse" / "related_insights" / MONDAY / "data.parquet"
    path.parent.mkdir(parents=True)
    path.symlink_to(path)

    with pytest.raises(StorageError, match="could not be read"):
        warehouse.readable_files("related_insights")
    with pytest.raises(StorageError, match="could not be read"):
        warehouse.read("related_insights", MONDAY)
    assert path.is_symlink()
