"""What lies under the base URL: every file with its size and age, wherever it is kept."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from upath import UPath

from podcast_insights.audio.values import StoredFile
from podcast_insights.files import explained, local_path, remove_file


class Inventory:
    """The files under one base URL, by their path below it."""

    def __init__(self, base: UPath) -> None:
        """Look at ``base``; nothing is read yet."""
        self._base = base

    def files(self) -> tuple[StoredFile, ...]:
        """Return every file, by key.

        Raises:
            StorageError: They cannot be listed.
        """
        with explained(self._base, "listed"):
            here = local_path(self._base)
            found = _local_files(here) if here else _remote_files(self._base)
            return tuple(sorted(found, key=lambda file: file.key))

    def remove(self, key: str) -> None:
        """Remove one of ``files``, if it is still there.

        Raises:
            StorageError: It cannot be removed.
        """
        remove_file(self._base / key)


def _local_files(base: Path) -> Iterator[StoredFile]:
    for path in base.rglob("*"):
        # A file may go while it is looked at: runs go on meanwhile.
        with suppress(FileNotFoundError):
            if path.is_symlink() or not path.is_file():
                continue
            found = path.stat()
            yield StoredFile(
                key=path.relative_to(base).as_posix(),
                size_bytes=found.st_size,
                stored_at=datetime.fromtimestamp(found.st_mtime, UTC),
            )


def _remote_files(base: UPath) -> Iterator[StoredFile]:
    root = base.path.rstrip("/")
    for name, found in base.fs.find(root, detail=True).items():
        stored_at = found.get("LastModified") or base.fs.modified(name)
        key = name.removeprefix(root.lstrip("/") if not name.startswith("/") else root).lstrip("/")
        yield StoredFile(key=key, size_bytes=found["size"], stored_at=stored_at.astimezone(UTC))
