"""Locks between processes of one machine: two commands never work on the same day at the same time.

A lock ends with its process, however that ends, so none has to be removed by hand. Runs that Dagster's daemon starts
are kept apart by its own limits; an object store has no such locks, and there only those limits hold.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from upath import UPath

from podcast_insights.errors import InUseError
from podcast_insights.files import explained, local_path


class DayLocks:
    """The locks of days under one base URL: ``<base>/locks/<day>.lock``."""

    def __init__(self, base: UPath) -> None:
        """Keep locks under ``base``."""
        self._folder = base / "locks"

    @contextmanager
    def hold(self, day: date | None) -> Iterator[None]:
        """Hold the lock of a day, or of what has no days, for the time of a ``with`` block.

        Raises:
            InUseError: Another process of this machine holds it.
            StorageError: The folder cannot be used.
        """
        name = day.isoformat() if day else "all"
        folder = local_path(self._folder)
        if folder is None:
            yield
            return
        with explained(self._folder, "locked"):
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / f"{name}.lock").open("ab")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                what = f"The day {name}" if day else "What has no days"
                raise InUseError(f"{what} is being made by another command on this machine; wait for it") from error
            yield
