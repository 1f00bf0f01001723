"""Gathered months stand in for their day files only while these are as they were."""

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from podcast_insights.errors import DamagedFileError
from podcast_insights.storage.gathered import readable_here
from podcast_insights.storage.listing import listed_files
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.processes import at_once, query_while_days_change
from podcast_insights_tests.storage.three_days import a_row, names, queried

DAYS = tuple(f"date=2026-{month}-0{day}" for month in ("09", "10", "11") for day in (1, 2, 3))


@pytest.fixture
def months(tmp_path: Path) -> Warehouse:
    """A warehouse with one row on each of nine days in three months."""
    warehouse = Warehouse(UPath(tmp_path))
    for partition in DAYS:
        warehouse.write("related_insights", partition, [a_row(partition)])
    return warehouse


def gathered(warehouse: Warehouse) -> dict[str, Path]:
    return {path.name: path for path in sorted(Path(str(warehouse.base)).glob("gathered/related_insights/*"))}


def read_from(warehouse: Warehouse) -> list[str]:
    """Return the files that a query over everything reads."""
    with readable_here({"related_insights": warehouse._parts("related_insights", None)}) as files:
        return [str(path) for path in files["related_insights"]]


def test_finished_months_are_one_file_each_and_the_newest_is_its_days(months: Warehouse) -> None:
    assert queried(months) == list(DAYS)
    assert list(gathered(months)) == ["2026-09.parquet", "2026-10.parquet"]

    assert queried(months) == list(DAYS)
    assert [row["insight_id"] for row in months.read_all("related_insights")] == list(DAYS)
    assert [Path(path).name for path in read_from(months)] == [
        "2026-09.parquet",
        "2026-10.parquet",
        *["data.parquet"] * 3,
    ]
    # What looks at days, looks at their files.
    assert queried(months, partitions=[DAYS[0], DAYS[-1]]) == [DAYS[0], DAYS[-1]]
    assert len(months.files("related_insights")) == len(months.partitions("related_insights")) == len(DAYS)


def replaced(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", DAYS[1], [a_row("again")])


def replaced_by_as_many_bytes(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", DAYS[1], [a_row(DAYS[1][::-1])])


def removed(warehouse: Warehouse) -> None:
    warehouse.delete("related_insights", DAYS[1])


def added(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", "date=2026-09-30", [a_row("late")])


def added_beside(warehouse: Warehouse) -> None:
    warehouse.write("related_insights", DAYS[1], [a_row("beside")], file_name="beside.parquet")


def restored_from_a_backup(warehouse: Warehouse) -> None:
    """Write over a file in place, with the size and the time that it had."""
    path = Path(str(warehouse.files("related_insights")[1]))
    found = path.stat()
    content = path.read_bytes()
    replaced_by_as_many_bytes(warehouse)
    other = path.read_bytes()
    assert len(other) == len(content)
    path.write_bytes(content)
    queried(warehouse)
    path.write_bytes(other)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


@pytest.mark.parametrize(
    "change", [replaced, replaced_by_as_many_bytes, removed, added, added_beside, restored_from_a_backup]
)
def test_what_changes_in_a_finished_month_is_seen_at_once(
    months: Warehouse, change: Callable[[Warehouse], None]
) -> None:
    queried(months)
    change(months)

    truth = sorted(name for partition in months.partitions("related_insights") for name in names(months, partition))
    assert queried(months) == truth != list(DAYS)
    assert queried(months) == truth


def test_a_month_whose_files_are_all_gone_has_no_rows(months: Warehouse) -> None:
    queried(months)
    for partition in DAYS[:3]:
        months.delete("related_insights", partition)

    assert queried(months) == list(DAYS[3:])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def made_by_nobody(path: Path) -> None:
    pq.write_table(pa.table({"insight_id": ["stray"]}), path)


@pytest.mark.parametrize("damage", [emptied, cut, made_by_nobody, Path.unlink])
def test_a_damaged_or_missing_one_is_made_again(months: Warehouse, damage: Callable[[Path], None]) -> None:
    queried(months)
    path = gathered(months)["2026-10.parquet"]
    whole = path.read_bytes()
    damage(path)

    assert queried(months) == list(DAYS)
    assert path.read_bytes() == whole
    assert months.damaged_files() == []


def test_one_that_is_damaged_among_its_rows_is_removed_and_the_days_stay(months: Warehouse) -> None:
    for partition in DAYS[:3]:
        months.write("related_insights", partition, [a_row(f"{partition}{number}") for number in range(500)])
    queried(months)
    path = gathered(months)["2026-09.parquet"]
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(len(content) - 2500) + content[-2496:])

    with pytest.raises(DamagedFileError, match=r"2026-09\.parquet"):
        queried(months)
    assert len(queried(months)) == 1506
    path.write_bytes(content[:4] + bytes(len(content) - 2500) + content[-2496:])
    assert len(months.read_all("related_insights")) == 1506
    assert months.damaged_files() == []


def test_a_damaged_day_is_set_aside_and_its_month_gathered_without_it(months: Warehouse) -> None:
    months.files("related_insights")[1].write_bytes(b"junk")

    without = [day for day in DAYS if day != DAYS[1]]
    assert [queried(months) for _ in range(3)] == [without] * 3
    assert len(months.damaged_files()) == 1
    assert list(gathered(months)) == ["2026-09.parquet", "2026-10.parquet"]


def test_days_of_an_older_version_are_read_as_they_are(months: Warehouse) -> None:
    path = Path(str(months.files("related_insights")[1]))
    pq.write_table(pa.table({"insight_id": ["old"], "dropped_since": [1]}), path)

    expected = sorted([*(day for day in DAYS if day != DAYS[1]), "old"])
    assert [queried(months) for _ in range(2)] == [expected] * 2
    assert list(gathered(months)) == ["2026-10.parquet"]


def test_where_nothing_can_be_written_the_days_are_read(months: Warehouse) -> None:
    (Path(str(months.base)) / "gathered").write_text("in the way")

    assert [queried(months) for _ in range(2)] == [list(DAYS)] * 2


def test_where_a_place_tells_no_change_nothing_is_gathered() -> None:
    base = UPath("memory://no-stamps")
    warehouse = Warehouse(base)
    for partition in DAYS:
        warehouse.write("related_insights", partition, [a_row(partition)])

    assert {file.stamp for file in listed_files(warehouse.folder / "related_insights")} == {""}
    assert queried(warehouse) == list(DAYS)
    assert not (base / "gathered").exists()


def test_two_readers_and_a_writer_see_each_day_before_or_after(months: Warehouse, tmp_path: Path) -> None:
    seen = at_once(query_while_days_change, [(tmp_path, DAYS, is_writer) for is_writer in (True, False, False)])

    for counts in seen:
        assert counts == sorted(counts), "nobody sees a state that was before one that was seen already"
    assert queried(months) == sorted(f"{day} 09" for day in DAYS)
    assert {path.suffix for path in (tmp_path / "gathered").rglob("*") if path.is_file()} == {".parquet"}
