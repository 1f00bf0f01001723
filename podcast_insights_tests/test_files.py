import errno
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from upath import UPath

from podcast_insights.errors import StorageError, StorageFullError
from podcast_insights.files import create_bytes, local_path, move_in, read_bytes, remove_file, set_aside, write_bytes
from podcast_insights_tests.storage.processes import at_once, create_file


class BrokenStore:
    """An object store on which every call fails with one error of the system."""

    def __init__(self, number: int) -> None:
        self._number = number

    def _fail(self, *_: object) -> None:
        raise OSError(self._number, "as simulated")

    write_bytes = read_bytes = exists = rename = unlink = _fail

    def with_name(self, name: str) -> str:
        return name

    def __str__(self) -> str:
        return "broken://data.parquet"

    name = "data.parquet"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_written_is_read(base: UPath) -> None:
    path = base / "deep" / "folder" / "file.bin"

    assert read_bytes(path) is None
    write_bytes(path, b"old")
    write_bytes(path, b"new")

    assert read_bytes(path) == b"new"
    assert [found.name for found in path.parent.iterdir()] == ["file.bin"]


def test_a_local_file_is_moved_in(base: UPath, tmp_path: Path) -> None:
    local = tmp_path / "download.part"
    local.write_bytes(b"audio")

    move_in(base / "blobs" / "a.mp3", local)

    assert read_bytes(base / "blobs" / "a.mp3") == b"audio"
    assert not local.exists()


def test_a_file_is_created_once(base: UPath) -> None:
    path = base / "outbox" / "row.json"

    assert [create_bytes(path, b"first"), create_bytes(path, b"second")] == [True, False]
    assert read_bytes(path) == b"first"
    assert [found.name for found in path.parent.iterdir()] == ["row.json"]


def test_a_damaged_file_is_set_aside_under_another_name(base: UPath) -> None:
    path = base / "data.parquet"
    write_bytes(path, b"junk")

    aside = set_aside(path, "damaged")

    assert (aside.name, read_bytes(aside), read_bytes(path)) == ("data.parquet.damaged", b"junk", None)


def test_two_readers_may_set_the_same_file_aside(base: UPath) -> None:
    path = base / "data.parquet"
    write_bytes(path, b"junk")

    assert set_aside(path, "damaged") == set_aside(path, "damaged")


def test_a_file_that_was_made_again_meanwhile_is_put_back(base: UPath) -> None:
    path = base / "data.parquet"
    write_bytes(path, b"made again by another run")

    aside = set_aside(path, "damaged", is_damaged=lambda found: read_bytes(found) == b"junk")

    assert (read_bytes(path), read_bytes(aside)) == (b"made again by another run", None)


def test_a_file_that_is_made_again_twice_meanwhile_is_the_latest(base: UPath) -> None:
    path = base / "data.parquet"
    write_bytes(path, b"made again by another run")

    def is_junk(found: UPath) -> bool:
        write_bytes(path, b"made again by a third")
        return read_bytes(found) == b"junk"

    aside = set_aside(path, "damaged", is_damaged=is_junk)

    assert (read_bytes(path), read_bytes(aside)) == (b"made again by a third", None)


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_without_hard_links_a_file_is_created_once_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """As on exFAT, and on some network mounts."""

    def refuse(*_: object) -> None:
        raise OSError(number, "no hard links here")

    monkeypatch.setattr("podcast_insights.files.os.link", refuse)
    path = UPath(tmp_path / "row.json")
    barrier = Barrier(8)

    def create(number: int) -> bool:
        barrier.wait(10)
        return create_bytes(path, f"thread {number}".encode())

    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(create, range(8)))

    assert created.count(True) == 1
    assert read_bytes(path) == f"thread {created.index(True)}".encode()
    assert names_in(tmp_path) == ["row.json"]


def test_without_hard_links_what_cannot_be_written_takes_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no")

    monkeypatch.setattr("podcast_insights.files.os.link", refuse)
    monkeypatch.setattr("podcast_insights.files.Path.replace", refuse)

    with pytest.raises(StorageError, match="could not be created"):
        create_bytes(UPath(tmp_path / "row.json"), b"x")
    assert names_in(tmp_path) == []


def test_another_error_of_a_link_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "a failing disk")

    monkeypatch.setattr("podcast_insights.files.os.link", refuse)

    with pytest.raises(StorageError, match="a failing disk"):
        create_bytes(UPath(tmp_path / "row.json"), b"x")
    assert names_in(tmp_path) == []


def test_a_folder_of_this_machine_has_a_local_path(tmp_path: Path) -> None:
    assert local_path(UPath(tmp_path)) == tmp_path
    assert local_path(UPath("memory://store")) is None


def test_a_reader_of_the_old_file_keeps_the_old_content(tmp_path: Path) -> None:
    path = UPath(tmp_path / "file.bin")
    write_bytes(path, b"old" * 1000)

    with path.open("rb") as reader:
        begun = reader.read(3)
        write_bytes(path, b"new" * 1000)
        rest = reader.read()

    assert begun + rest == b"old" * 1000
    assert read_bytes(path) == b"new" * 1000


def test_others_may_read_what_is_written(tmp_path: Path) -> None:
    write_bytes(UPath(tmp_path / "file.bin"), b"x")

    assert (tmp_path / "file.bin").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("number", "expected", "is_full"),
    [(errno.ENOSPC, "no space left", True), (errno.EDQUOT, "no space left", True), (errno.EIO, "permissions", False)],
)
def test_errors_of_the_store_are_translated(number: int, expected: str, is_full: bool, tmp_path: Path) -> None:
    broken = BrokenStore(number)
    calls = [
        lambda: write_bytes(broken, b"x"),
        lambda: create_bytes(broken, b"x"),
        lambda: read_bytes(broken),
        lambda: set_aside(broken, "damaged"),
        lambda: remove_file(broken),
    ]
    for call in calls:
        with pytest.raises(StorageError, match=expected) as raised:
            call()
        assert isinstance(raised.value, StorageFullError) is is_full
        assert raised.value.retryable is is_full
        assert "broken://data.parquet" in str(raised.value)
        assert "storage.base_url" in str(raised.value)
        assert isinstance(raised.value.__cause__, OSError)


def test_a_folder_where_a_file_should_be_is_an_error_and_not_missing(tmp_path: Path) -> None:
    (tmp_path / "file.bin").mkdir()

    with pytest.raises(StorageError, match="could not be read"):
        read_bytes(UPath(tmp_path / "file.bin"))
    with pytest.raises(StorageError, match="could not be written"):
        write_bytes(UPath(tmp_path / "file.bin"), b"x")
    assert names_in(tmp_path) == ["file.bin"]


FULL_DISK = """
import resource, sys
from pathlib import Path
from upath import UPath
from podcast_insights.errors import StorageError
from podcast_insights.files import create_bytes, write_bytes

folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for write in (
    lambda: write_bytes(UPath(folder / "old"), b"x" * 10_000),
    lambda: create_bytes(UPath(folder / "new"), b"x" * 10_000),
):
    try:
        write()
    except StorageError as error:
        print(type(error).__name__, error)
"""


def test_a_write_that_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_bytes(UPath(tmp_path / "old"), b"old")

    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False)

    assert done.stdout.count("StorageError") == 2, done.stderr
    assert done.stdout.count("File too large") == 2
    assert read_bytes(UPath(tmp_path / "old")) == b"old"
    assert names_in(tmp_path) == ["old"]


def test_a_file_is_renamed_in_on_the_same_disk(tmp_path: Path) -> None:
    local = tmp_path / "download"
    local.write_bytes(b"x" * 10_000)
    node = local.stat().st_ino

    move_in(UPath(tmp_path / "blobs" / "a"), local)

    assert (tmp_path / "blobs" / "a").stat().st_ino == node
    assert names_in(tmp_path / "blobs") == ["a"]


OTHER_DISK = Path("/dev/shm")


@pytest.mark.skipif(
    not OTHER_DISK.exists() or OTHER_DISK.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev,
    reason="this machine has one disk",
)
def test_a_file_is_copied_in_from_another_disk(tmp_path: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=OTHER_DISK, delete=False) as file:
        file.write(b"x" * 10_000)

    move_in(UPath(tmp_path / "blobs" / "a"), Path(file.name))

    assert (tmp_path / "blobs" / "a").read_bytes() == b"x" * 10_000
    assert names_in(tmp_path / "blobs") == ["a"]
    assert not Path(file.name).exists()


def test_a_file_is_removed_where_there_is_one(base: UPath) -> None:
    write_bytes(base / "a", b"x")

    remove_file(base / "a")
    remove_file(base / "a")

    assert read_bytes(base / "a") is None


def test_one_of_many_threads_creates_a_file(tmp_path: Path) -> None:
    barrier = Barrier(8)

    def create(number: int) -> bool:
        barrier.wait(10)
        return create_bytes(UPath(tmp_path / "row.json"), f"thread {number}".encode())

    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(create, range(8)))

    assert sorted(created) == [False] * 7 + [True]
    assert (tmp_path / "row.json").read_text() == f"thread {created.index(True)}"
    assert names_in(tmp_path) == ["row.json"]


def test_one_of_two_processes_creates_a_file(tmp_path: Path) -> None:
    created = at_once(create_file, [(tmp_path / "row.json", f"process {number}".encode()) for number in range(2)])

    assert sorted(created) == [False, True]
    assert (tmp_path / "row.json").read_text() == f"process {created.index(True)}"


WRITE_FOR_EVER = """
import itertools, sys
from upath import UPath
from podcast_insights.files import write_bytes

path = UPath(sys.argv[1]) / "file.bin"
for number in itertools.count():
    write_bytes(path, bytes([number % 256]) * 300_000)
    print(number, flush=True)
"""


@pytest.mark.parametrize("writes_before", [1, 7])
def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path, writes_before: int) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(writes_before):
            assert writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)

    content = (tmp_path / "file.bin").read_bytes()
    assert writer.returncode == -signal.SIGKILL
    assert content == content[:1] * 300_000
