"""Files of an object store, brought to this machine to be read."""

import uuid

import pytest
from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.storage.listing import listed_files
from podcast_insights.storage.remote_files import FILES_AT_ONCE, brought_here


def test_a_file_that_is_gone_by_now_is_left_out_and_the_copies_go_afterwards() -> None:
    base = UPath(f"memory://{uuid.uuid4().hex}")
    there, gone = base / "a" / "there.parquet", base / "a" / "gone.parquet"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"rows")

    with brought_here({"insights": [gone, there], "episodes": []}) as copies:
        found = {name: {path: copy.read_bytes() for path, copy in table.items()} for name, table in copies.items()}
        (copy,) = copies["insights"].values()

    assert found == {"insights": {there: b"rows"}, "episodes": {}}
    assert not copy.exists()
    assert [file.name for file in listed_files(base)] == ["a/there.parquet"]


def test_more_files_than_are_asked_for_at_once_each_come_as_they_are() -> None:
    base = UPath(f"memory://{uuid.uuid4().hex}")
    base.mkdir(parents=True)
    paths = [base / f"{number}.parquet" for number in range(FILES_AT_ONCE + 2)]
    for number, path in enumerate(paths):
        path.write_bytes(b"%d" % number)

    with brought_here({"insights": paths, "episodes": paths[:1]}) as copies:
        read = {name: [copy.read_bytes() for copy in table.values()] for name, table in copies.items()}
        assert all(copy.suffix == ".parquet" for copy in copies["insights"].values())

    assert read == {"insights": [b"%d" % number for number in range(FILES_AT_ONCE + 2)], "episodes": [b"0"]}


def test_a_store_that_refuses_a_file_is_an_error_that_names_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    base = UPath(f"memory://{uuid.uuid4().hex}")
    base.mkdir(parents=True)
    path = base / "a.parquet"
    refused = {path.fs._strip_protocol(path.path): PermissionError("Access Denied")}
    monkeypatch.setattr(type(path.fs), "cat", lambda *_, **__: refused)

    with pytest.raises(StorageError, match=r"a.parquet could not be read.*Access Denied"), brought_here({"x": [path]}):
        pass
