"""A download that is not whole yet: the bytes so far, and beside them what they are the beginning of.

The bytes lie under the path that is given, the note on their origin under the same name with ``.json``. The note is
written before the first byte and removed before the bytes are, so whenever a process is killed, either the bytes are
the beginning of what the note names, or there is no note and they are worth nothing. Addresses may hold secrets, so the
note keeps only a hash of one. What is asked of the server, and what its answer means, is decided in
``web/download.py``.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the bytes are the beginning of.

    ``validator`` is what the server knows that version by: a strong ETag, or the date of its last change.
    ``address_sha256`` is the hash of the address, ``total_bytes`` the size of the whole where it was announced.
    """

    validator: str
    address_sha256: str
    total_bytes: int | None


def address_sha256(url: str, validator: str) -> str:
    """Return the hash by which an address is recognised.

    The query is left out beside a strong ETag: signed addresses carry another token each time, and the ETag tells the
    files apart. A date does not.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = "" if validator.startswith('"') else parts.query
    kept = f"{parts.scheme}://{host}{parts.path}?{query}"
    return hashlib.sha256(kept.encode("utf-8", errors="surrogatepass")).hexdigest()


class PartialFile:
    """The bytes so far of what ``url`` serves, opened for more; use it in a ``with`` block.

    Raises:
        OSError: The files cannot be read or written; what that means is the caller's to say.
    """

    def __init__(self, path: Path, url: str) -> None:
        self._path = path
        self._note = note_beside(path)
        self._url = url
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        self.origin = self._known_origin()
        self._file = path.open("r+b" if self.origin else "w+b")
        if self.origin:
            while chunk := self._file.read(READ_BYTES):
                self._count(chunk)
        else:
            self._note.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def sha256(self) -> str:
        """The hash of the bytes so far, in hex digits."""
        return self._digest.hexdigest()

    def restart(self, validator: str | None = None, total_bytes: int | None = None) -> None:
        """Drop the bytes; those that follow are the beginning of what ``validator`` names (None: of nothing known)."""
        self._note.unlink(missing_ok=True)
        self._file.seek(0)
        self._file.truncate()
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        self.origin = None
        if validator:
            self.origin = Origin(
                validator=validator, address_sha256=address_sha256(self._url, validator), total_bytes=total_bytes
            )
            self._note.write_text(json.dumps(asdict(self.origin)), encoding="utf-8")

    def append(self, chunk: bytes) -> None:
        """Write the bytes that follow."""
        self._file.write(chunk)
        self._count(chunk)

    def finish(self) -> None:
        """Say that the bytes are the whole: they are on the disk, and the note on their origin is gone."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._note.unlink(missing_ok=True)

    def _count(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.size_bytes += len(chunk)

    def _known_origin(self) -> Origin | None:
        """Return the origin of the bytes that are there, or None where there are none that ``url`` may continue."""
        try:
            origin = Origin(**json.loads(self._note.read_text(encoding="utf-8")))
            is_ours = origin.address_sha256 == address_sha256(self._url, origin.validator)
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return None
        return origin if is_ours and self._path.exists() else None


def note_beside(path: Path) -> Path:
    """Return where the note on the origin of a partial file lies."""
    return path.with_name(f"{path.name}.json")
