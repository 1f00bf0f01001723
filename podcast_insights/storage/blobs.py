"""Blobs: files too large for a row, such as audio and archived feed bodies, under ``<base>/blobs``."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from upath import UPath

from podcast_insights.audio.values import GB_BYTES, StoredFile
from podcast_insights.errors import DiskBudgetError
from podcast_insights.files import explained, local_path, move_in, remove_file, write_bytes

LOCK_FILE = "blobs.lock"


class Blobs:
    """The files under one base URL, by key such as ``audio/<episode_id>.mp3``."""

    def __init__(self, base: UPath) -> None:
        """Keep files under ``base``."""
        self._folder = base / "blobs"
        self._locks = base / "locks"

    def exists(self, key: str) -> bool:
        """Whether there is a file under ``key``."""
        path = self._path(key)
        with explained(path, "looked for"):
            return path.exists()

    def store(self, key: str, local: Path, *, folder_bytes: int | None = None) -> None:
        """Keep a local file under ``key``, atomically; the local file is gone afterwards.

        Args:
            key: Where it goes.
            local: The file.
            folder_bytes: How much the files beside it may take with it; None for no limit. On this machine, no two
                processes look and store at once; an object store has no locks, and two may both find room.

        Raises:
            DiskBudgetError: They would take more.
        """
        if folder_bytes is None:
            move_in(self._path(key), local)
            return
        folder = PurePosixPath(key).parent.as_posix()
        with self._one_at_a_time():
            beside_bytes = sum(file.size_bytes for file in self.files(folder) if file.key != key)
            if beside_bytes + local.stat().st_size > folder_bytes:
                raise DiskBudgetError(
                    f"{key} has no room: the files of {folder} may take {folder_bytes / GB_BYTES:g} GB, and without it "
                    f"they take {beside_bytes / GB_BYTES:.2g}"
                )
            move_in(self._path(key), local)

    def store_bytes(self, key: str, content: bytes) -> None:
        """Keep ``content`` under ``key``, atomically."""
        write_bytes(self._path(key), content)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Yield a path on this machine from which the file can be read; a copy of it is gone afterwards.

        Raises:
            FileNotFoundError: There is no file under ``key``.
        """
        path = self._path(key)
        here = local_path(path)
        if here is not None:
            if not here.exists():
                raise FileNotFoundError(str(path))
            yield here
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            path.fs.get_file(path.path, str(copy))
            yield copy

    def files(self, folder: str) -> tuple[StoredFile, ...]:
        """Return the files directly in a folder of keys, by key."""
        path = self._path(folder)
        with explained(path, "listed"):
            found = _local_files(path, folder) if local_path(path) else _remote_files(path, folder)
            return tuple(sorted(found, key=lambda file: file.key))

    def remove(self, key: str) -> None:
        """Remove the file under ``key``, if it is there.

        Raises:
            StorageError: It cannot be removed.
        """
        remove_file(self._path(key))

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Wait until no other process of this machine stores a file, and keep others from it."""
        here = local_path(self._locks)
        if here is None:
            yield
            return
        with explained(self._locks, "locked"):
            here.mkdir(parents=True, exist_ok=True)
        with (here / LOCK_FILE).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _path(self, key: str) -> UPath:
        pure = PurePosixPath(key)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts:
            raise ValueError(f"a blob's key is a relative path without '..', got {key!r}")
        return self._folder / key


def _local_files(path: UPath, folder: str) -> Iterator[StoredFile]:
    for file in path.iterdir() if path.exists() else ():
        # A file may go while it is looked at: another run tidies up, too.
        with suppress(FileNotFoundError):
            found = file.stat()
            if S_ISREG(found.st_mode):
                stored_at = datetime.fromtimestamp(found.st_mtime, UTC)
                yield StoredFile(key=f"{folder}/{file.name}", size_bytes=found.st_size, stored_at=stored_at)


def _remote_files(path: UPath, folder: str) -> Iterator[StoredFile]:
    """Yield what one listing says; only S3's says when, the others are asked for each file."""
    for name, found in path.fs.find(path.path, maxdepth=1, detail=True).items():
        stored_at = found.get("LastModified") or path.fs.modified(name)
        key = f"{folder}/{PurePosixPath(name).name}"
        yield StoredFile(key=key, size_bytes=found["size"], stored_at=stored_at.astimezone(UTC))
