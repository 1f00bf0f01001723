"""A day is held by one process at a time, and by none that is gone."""

from datetime import date
from pathlib import Path

import pytest
from upath import UPath

from podcast_insights.errors import InUseError, StorageError
from podcast_insights.storage.locks import DayLocks
from podcast_insights_tests.storage.processes import at_once, hold_day

DAY = date(2026, 11, 13)


def test_one_of_several_processes_holds_a_day(tmp_path: Path) -> None:
    assert sorted(at_once(hold_day, [(tmp_path, DAY)] * 3)) == [False, False, True]
    # Those processes are gone, and so are their locks.
    with DayLocks(UPath(tmp_path)).hold(DAY):
        assert [path.name for path in (tmp_path / "locks").iterdir()] == ["2026-11-13.lock"]


def test_other_days_are_free(tmp_path: Path) -> None:
    locks = DayLocks(UPath(tmp_path))

    with locks.hold(DAY), locks.hold(date(2026, 11, 14)), locks.hold(None):
        with pytest.raises(InUseError, match=r"^The day 2026-11-13 is being made by another command"), locks.hold(DAY):
            pass
        with pytest.raises(InUseError, match=r"^What has no days is being made by another"), locks.hold(None):
            pass


def test_an_object_store_has_no_locks() -> None:
    locks = DayLocks(UPath("memory://locks"))

    with locks.hold(DAY), locks.hold(DAY):
        assert not UPath("memory://locks/locks").exists()


def test_a_folder_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    (tmp_path / "locks").write_bytes(b"a file where the folder should be")

    with (
        pytest.raises(StorageError, match=f"{tmp_path}/locks.* could not be locked"),
        DayLocks(UPath(tmp_path)).hold(DAY),
    ):
        pass
