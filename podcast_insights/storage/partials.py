"""Unfinished downloads: where their bytes lie until they are whole, so that the run after a killed one goes on.

They lie under ``<base>/partial`` and never under a final name. A download is held by one run at a time, by a lock that
ends with its process. An object store cannot be appended to: there, a partial lives in a temporary folder as long as
its run. What the bytes are the beginning of is noted beside them by ``web/partial.py``.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from upath import UPath

from podcast_insights.errors import InUseError
from podcast_insights.files import local_path
from podcast_insights.web.partial import note_beside

KEPT_FOR = timedelta(days=3)
SUFFIX = ".part"


class Partials:
    """The unfinished downloads under one base URL, by key such as an episode's id."""

    def __init__(self, base: UPath) -> None:
        """Keep unfinished downloads under ``base``."""
        self._folder = local_path(base / "partial")

    @contextmanager
    def hold(self, key: str) -> Iterator[Path]:
        """Yield the path of the unfinished download for the time of a ``with`` block; it may hold bytes already.

        Afterwards it is kept where a note beside it says what it is the beginning of, and is gone otherwise.

        Raises:
            InUseError: Another run holds it.
            OSError: The folder cannot be used.
        """
        if not key or PurePosixPath(key).name != key or key == "..":
            raise ValueError(f"the key of an unfinished download is a plain name, got {key!r}")
        if self._folder is None:
            with tempfile.TemporaryDirectory(prefix="podcast-insights-") as folder:
                yield Path(folder) / f"{key}{SUFFIX}"
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{key}{SUFFIX}"
        with _locked(path):
            try:
                yield path
            finally:
                if not note_beside(path).exists():
                    path.unlink(missing_ok=True)

    def remove_stale(self, now: datetime) -> int:
        """Remove what nobody went on with for days, and return how many bytes that frees."""
        freed_bytes = 0
        for path in sorted(self._folder.glob(f"*{SUFFIX}")) if self._folder else ():
            with suppress(InUseError, FileNotFoundError):
                found = path.stat()
                if found.st_mtime >= (now - KEPT_FOR).timestamp():
                    continue
                with _locked(path):
                    note_beside(path).unlink(missing_ok=True)
                    path.unlink()
                freed_bytes += found.st_size
        return freed_bytes


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, which is made where there is none."""
    while True:
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InUseError(f"{path.name} is being downloaded by another run") from error
            if _is_still_there(file.fileno(), path):
                yield
                return


def _is_still_there(descriptor: int, path: Path) -> bool:
    """Whether a file was not renamed or removed between opening and locking it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
