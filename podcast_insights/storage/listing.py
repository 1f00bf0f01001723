"""Which Parquet files lie below a folder, each with a stamp that changes whenever the file does; none is opened.

On a disk a file is replaced while the old one is still there, so the new one has another inode; size and times are in
the stamp for what others do to it. A bucket tells a hash of the content.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from upath import UPath

from podcast_insights.files import explained, local_path

SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True, order=True)
class ListedFile:
    """A file by its name below the folder, such as ``date=2026-11-13/data.parquet``.

    The stamp is empty where the place tells nothing by which a changed file could be known.
    """

    name: str
    stamp: str


def listed_files(folder: UPath) -> list[ListedFile]:
    """Return all files below ``folder``, in order: one question for a folder, or for a thousand objects of a bucket.

    Raises:
        StorageError: They cannot be listed.
    """
    with explained(folder, "listed"):
        here = local_path(folder)
        return sorted(_local(str(here), "") if here is not None else _remote(folder))


def _local(folder: str, prefix: str) -> Iterator[ListedFile]:
    # Days are removed, and files replaced, while others look.
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _local(entry.path, f"{prefix}{entry.name}/")
            elif entry.name.endswith(SUFFIX):
                yield ListedFile(f"{prefix}{entry.name}", _stamp(entry))


def _stamp(entry: "os.DirEntry[str]") -> str:
    try:
        found = entry.stat()
    except OSError:
        return ""
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _remote(folder: UPath) -> Iterator[ListedFile]:
    prefix = folder.fs._strip_protocol(folder.path)
    for name, told in folder.fs.find(folder.path, detail=True).items():
        if name.endswith(SUFFIX):
            tag = told.get("ETag") or told.get("etag") or ""
            yield ListedFile(name.removeprefix(prefix).lstrip("/"), f"{tag} {told.get('size')}" if tag else "")
