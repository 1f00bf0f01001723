"""A file that only saves work: what was derived from the tables the last time, believed as far as it fits them."""

from upath import UPath

from podcast_insights.files import read_bytes, write_bytes


class DerivedFile:
    """One file, read and replaced whole. Whoever reads it checks what it says."""

    def __init__(self, path: UPath) -> None:
        """Keep it at ``path``."""
        self._path = path

    def read(self) -> bytes | None:
        """Return what was kept, or None."""
        return read_bytes(self._path)

    def write(self, content: bytes) -> None:
        """Keep this instead; it is durable when this returns.

        Raises:
            StorageError: It cannot be written.
        """
        write_bytes(self._path, content)
