"""Which files lie below a folder, and by what a changed one is known."""

import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.storage.listing import ListedFile, listed_files


def remote_folder(monkeypatch: pytest.MonkeyPatch, **told: dict[str, Any]) -> UPath:
    """A folder of an object store that says this of its files, by their names without suffix."""
    folder = UPath(f"memory://{uuid.uuid4().hex}") / "table"
    found = {f"{folder.path}/{name}.parquet": says for name, says in told.items()}
    monkeypatch.setattr(type(folder.fs), "find", lambda *_, **__: found | {f"{folder.path}/other.txt": {"size": 1}})
    return folder


@pytest.mark.parametrize("name", ["ETag", "etag"])
def test_an_object_store_tells_a_changed_file_by_its_tag_and_size(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = remote_folder(monkeypatch, b={name: '"abc"', "size": 7}, a={"size": 7})

    assert listed_files(folder) == [ListedFile("a.parquet", ""), ListedFile("b.parquet", '"abc" 7')]


def test_a_file_on_a_disk_is_another_when_it_is_replaced_or_touched(tmp_path: Path) -> None:
    file = tmp_path / "date=2026-11-13" / "data.parquet"
    file.parent.mkdir()
    file.write_bytes(b"one")
    (tmp_path / "date=2026-11-13" / "data.part").write_bytes(b"half")
    stamps = []
    for change in (lambda: None, lambda: os.utime(file, (1, 1)), lambda: file.write_bytes(b"another")):
        change()
        (found,) = listed_files(UPath(tmp_path))
        assert found.name == "date=2026-11-13/data.parquet"
        stamps.append(found.stamp)
    written = file.with_suffix(".new")
    written.write_bytes(b"another")
    written.replace(file)

    assert len({*stamps, listed_files(UPath(tmp_path))[0].stamp}) == 4


def test_a_link_that_leads_nowhere_has_no_stamp_and_one_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "gone.parquet").symlink_to(tmp_path / "nothing")
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "up").symlink_to(tmp_path)

    assert listed_files(UPath(tmp_path)) == [ListedFile("gone.parquet", "")]


def test_a_folder_that_cannot_be_listed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuses(folder: str) -> None:
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr(os, "scandir", refuses)

    with pytest.raises(StorageError, match=rf"{tmp_path} could not be listed"):
        listed_files(UPath(tmp_path))
