import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from upath import UPath

from podcast_insights.audio.values import StoredFile
from podcast_insights.errors import DiskBudgetError, StorageError
from podcast_insights.files import local_path
from podcast_insights.storage.blobs import Blobs


@pytest.fixture
def blobs(base: UPath) -> Blobs:
    return Blobs(base)


def content_of(blobs: Blobs, key: str) -> bytes:
    with blobs.local(key) as path:
        return path.read_bytes()


def test_a_file_is_kept_under_its_key(blobs: Blobs, base: UPath) -> None:
    assert not blobs.exists("feeds/show1/a.xml.gz")

    blobs.store_bytes("feeds/show1/a.xml.gz", b"body")

    assert blobs.exists("feeds/show1/a.xml.gz")
    assert content_of(blobs, "feeds/show1/a.xml.gz") == b"body"
    assert (base / "blobs" / "feeds" / "show1" / "a.xml.gz").exists()


def test_a_download_is_moved_in(blobs: Blobs, tmp_path: Path) -> None:
    download = tmp_path / "download.part"
    download.write_bytes(b"audio")

    blobs.store("audio/episode1.mp3", download)

    assert content_of(blobs, "audio/episode1.mp3") == b"audio"
    assert not download.exists()


def test_a_folder_takes_no_more_than_it_may(blobs: Blobs, base: UPath, tmp_path: Path) -> None:
    """Many runs store at once; none of them finds room that another one has just taken."""

    def stored(number: int) -> bool:
        download = tmp_path / f"{number}.part"
        download.write_bytes(bytes(100))
        try:
            blobs.store(f"audio/episode{number}.mp3", download, folder_bytes=350)
        except DiskBudgetError:
            return False
        return True

    # An object store has no locks: there, one after the other.
    with ThreadPoolExecutor(max_workers=8 if local_path(base) else 1) as pool:
        assert sum(pool.map(stored, range(8))) == 3
    assert sum(file.size_bytes for file in blobs.files("audio")) == 300


def test_a_file_without_room_says_how_much_there_is(blobs: Blobs, tmp_path: Path) -> None:
    blobs.store_bytes("audio/a.mp3", bytes(300))
    blobs.store_bytes("other/a.mp3", bytes(300))
    (tmp_path / "download.part").write_bytes(bytes(100))

    with pytest.raises(DiskBudgetError) as refused:
        blobs.store("audio/b.mp3", tmp_path / "download.part", folder_bytes=399)

    assert str(refused.value) == (
        "audio/b.mp3 has no room: the files of audio may take 3.99e-07 GB, and without it they take 3e-07"
    )
    blobs.store("audio/b.mp3", tmp_path / "download.part", folder_bytes=400)
    assert content_of(blobs, "audio/b.mp3") == bytes(100)


def test_a_file_that_replaces_another_needs_no_room_beside_it(blobs: Blobs, tmp_path: Path) -> None:
    for content in (bytes(100), bytes(120)):
        (tmp_path / "download.part").write_bytes(content)
        blobs.store("audio/episode1.mp3", tmp_path / "download.part", folder_bytes=150)
    assert content_of(blobs, "audio/episode1.mp3") == bytes(120)


def test_a_blob_is_replaced_whole(blobs: Blobs) -> None:
    blobs.store_bytes("a", b"old and long")
    blobs.store_bytes("a", b"new")

    assert content_of(blobs, "a") == b"new"


def test_a_stored_file_is_lent_and_a_copy_is_gone_afterwards(blobs: Blobs, base: UPath) -> None:
    blobs.store_bytes("audio/a.mp3", b"audio")

    with blobs.local("audio/a.mp3") as path:
        assert path.suffix == ".mp3"

    assert path.exists() is isinstance(base, Path)
    assert blobs.exists("audio/a.mp3")


def test_a_missing_blob_is_said_to_be_missing(blobs: Blobs) -> None:
    with pytest.raises(FileNotFoundError), blobs.local("audio/none.mp3"):
        pass


@pytest.mark.parametrize("key", ["", ".", "..", "../a", "audio/../../a", "audio/..", "/etc/passwd", "//host/a"])
def test_a_key_never_leaves_the_folder(blobs: Blobs, key: str, tmp_path: Path) -> None:
    local = tmp_path / "local"
    local.write_bytes(b"x")
    calls = [
        lambda: blobs.exists(key),
        lambda: blobs.store_bytes(key, b"x"),
        lambda: blobs.store(key, local),
        lambda: blobs.local(key).__enter__(),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="relative path"):
            call()
    assert local.read_bytes() == b"x"


def test_dots_within_a_name_are_a_name(blobs: Blobs) -> None:
    blobs.store_bytes("audio/a..b.mp3", b"x")

    assert content_of(blobs, "audio/a..b.mp3") == b"x"


def test_a_folder_in_the_way_is_a_storage_error(tmp_path: Path) -> None:
    blobs = Blobs(UPath(tmp_path))
    blobs.store_bytes("audio/a.mp3", b"x")

    with pytest.raises(StorageError, match="could not be written"):
        blobs.store_bytes("audio", b"x")


def test_the_files_of_a_folder_are_listed_with_size_and_age(blobs: Blobs) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    blobs.store_bytes("audio/b.mp3", b"12345")
    blobs.store_bytes("audio/a.mp3", b"1")
    blobs.store_bytes("audio/parts/c.mp3", b"1")
    blobs.store_bytes("feeds/show1/a.xml.gz", b"1")

    found = blobs.files("audio")

    assert [(file.key, file.size_bytes) for file in found] == [("audio/a.mp3", 1), ("audio/b.mp3", 5)]
    assert all(before <= file.stored_at <= datetime.now(UTC) + timedelta(seconds=5) for file in found)


def test_what_an_object_store_says_of_its_files_needs_no_second_question(monkeypatch: pytest.MonkeyPatch) -> None:
    base = UPath(f"memory://{uuid.uuid4().hex}")
    blobs = Blobs(base)
    blobs.store_bytes("audio/a.mp3", b"12345")
    told = datetime(2026, 11, 13, 7, tzinfo=timezone(timedelta(hours=1)))
    name = (base / "blobs" / "audio" / "a.mp3").path
    monkeypatch.setattr(type(base.fs), "find", lambda *_, **__: {name: {"size": 5, "LastModified": told}})
    monkeypatch.delattr(type(base.fs), "modified")

    assert blobs.files("audio") == (StoredFile(key="audio/a.mp3", size_bytes=5, stored_at=told),)
    assert blobs.files("audio")[0].stored_at.tzinfo is UTC


def test_a_folder_that_is_not_there_holds_nothing(blobs: Blobs) -> None:
    assert blobs.files("audio") == ()


def test_a_file_is_removed_and_may_be_gone_already(blobs: Blobs) -> None:
    blobs.store_bytes("audio/a.mp3", b"1")

    blobs.remove("audio/a.mp3")
    blobs.remove("audio/a.mp3")

    assert not blobs.exists("audio/a.mp3")
