"""Months of day files gathered into one file each: what looks at all days opens a thirtieth of the files.

``<base>/gathered/<table>/<month>.parquet``. The day files stay the truth. A gathered file says in its footer of which
files it was made, by their stamps, and counts only while exactly these are there; otherwise the day files are read, and
gathered anew. So one that is outdated, damaged, half made or missing costs time and nothing else, it may be removed at
any time, and two processes that gather at once do no harm. The newest month of a table, which still changes every
day, is not gathered, nor are tables with days so large that nothing would be gained.
"""

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.files import local_path, read_bytes, remove_file, write_bytes
from podcast_insights.storage.listing import ListedFile
from podcast_insights.storage.parquet_footers import readable_schemas
from podcast_insights.storage.remote_files import brought_here

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

VERSION = 1
NOT_GATHERED = frozenset({"segments", "insight_vectors"})
FEWEST_FILES = 2

_MADE_OF = b"podcast_insights.made_of"
_MONTH = re.compile(r"=(\d{4}-\d{2})-\d{2}/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some files of a table, and where they may stand gathered: nowhere, where they are no finished month.

    ``made_of`` is the hash of their stamps.
    """

    folder: UPath
    names: tuple[str, ...]
    gathered: UPath | None = None
    made_of: str = ""

    @property
    def files(self) -> list[UPath]:
        """The files themselves."""
        return [self.folder / name for name in self.names]


@dataclass(slots=True)
class _Sources:
    """What is read of one part: the gathered file, or its own ones, each with its schema."""

    part: Part
    found: "dict[UPath, pq.ParquetSchema]" = field(default_factory=dict)


def parts_of(folder: UPath, listed: Sequence[ListedFile], gathered: UPath) -> list[Part]:
    """Return the files of a table in parts, finished months first.

    Args:
        folder: The table's folder.
        listed: Its files.
        gathered: The folder for its gathered months.
    """
    months: dict[str, list[ListedFile]] = {}
    others: list[ListedFile] = []
    for file in listed:
        month = _MONTH.search(file.name)
        (months.setdefault(month[1], []) if month else others).append(file)
    newest = max(months, default="")
    parts = []
    for month_name, files in sorted(months.items()):
        if month_name == newest or len(files) < FEWEST_FILES or not all(file.stamp for file in files):
            others += files
            continue
        parts.append(
            Part(
                folder=folder,
                names=tuple(file.name for file in files),
                gathered=gathered / f"{month_name}.parquet",
                made_of=_hash_of(files),
            )
        )
    return [*parts, Part(folder=folder, names=tuple(sorted(file.name for file in others)))]


@contextmanager
def readable_here(tables: Mapping[str, Sequence[Part]]) -> "Iterator[dict[str, dict[UPath, pq.ParquetSchema]]]":
    """Yield files on this machine that hold the rows of some tables, with their schemas; gathers what can be.

    Files whose footer cannot be read are set aside and left out.

    Raises:
        StorageError: A file cannot be read.
    """
    sources = {name: [_Sources(part) for part in parts] for name, parts in tables.items()}
    asked = {name: [one.part.gathered for one in found if one.part.gathered] for name, found in sources.items()}
    with _here(asked) as copies:
        for name, found in sources.items():
            for one in found:
                if one.part.gathered in copies[name]:
                    one.found = _if_made_of(copies[name][one.part.gathered], one.part.made_of)
        missing = {
            name: [path for one in found if not one.found for path in one.part.files] for name, found in sources.items()
        }
        with _here(missing) as copies_of_days:
            for name, found in sources.items():
                for one in found:
                    one.found = one.found or _files_of(one.part, copies_of_days[name])
            yield {
                name: {path: schema for one in found for path, schema in one.found.items()}
                for name, found in sources.items()
            }


def remove_damaged(parts: Iterable[Part]) -> list[UPath]:
    """Remove the gathered files that cannot be read to their end, and return them: they are made again."""
    import pyarrow as pa

    removed = []
    for path in (part.gathered for part in parts if part.gathered is not None):
        content = read_bytes(path)
        try:
            if content is not None:
                _rows(content)
        except (pa.ArrowException, ValueError, OSError):
            remove_file(path)
            removed.append(path)
    return removed


@contextmanager
def _here(files: Mapping[str, Sequence[UPath]]) -> Iterator[dict[str, dict[UPath, UPath]]]:
    """Yield where files lie on this machine, by table and file."""
    if all(local_path(path) is not None for paths in files.values() for path in paths):
        yield {name: {path: path for path in paths} for name, paths in files.items()}
    else:
        with brought_here(files) as copies:
            yield copies


def _if_made_of(path: UPath, made_of: str) -> "dict[UPath, pq.ParquetSchema]":
    """Return a gathered file with its schema, where it was made of the files that are there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            found = pq.read_metadata(file)
    except (pa.ArrowException, ValueError, OSError):
        return {}
    is_current = (found.metadata or {}).get(_MADE_OF) == made_of.encode()
    return {path: found.schema} if is_current else {}


def _files_of(part: Part, copies: Mapping[UPath, UPath]) -> "dict[UPath, pq.ParquetSchema]":
    """Return the files of a part with their schemas, and gather them for the next time."""
    originals = {copies[path]: path for path in part.files if path in copies}
    found = readable_schemas(originals, originals=originals)
    if part.gathered is not None and len(found) == len(part.names):
        _gather(part, part.gathered, list(found))
    return found


def _gather(part: Part, into: UPath, files: Sequence[UPath]) -> None:
    """Write the rows of some files into one. Where that cannot be done, nothing is lost: they are read themselves."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    with suppress(pa.ArrowException, ValueError, OSError, StorageError):
        tables = [_rows(content) for path in files if (content := read_bytes(path)) is not None]
        # Of another schema: an older version wrote some, until ``upgrade`` rewrites them.
        if len(tables) < len(files) or not all(one.schema.equals(tables[0].schema) for one in tables):
            return
        noted = {**(tables[0].schema.metadata or {}), _MADE_OF: part.made_of.encode()}
        rows = pa.concat_tables(tables).replace_schema_metadata(noted)
        pq.write_table(rows, buffer, compression="zstd", write_page_checksum=True)
        write_bytes(into, buffer.getvalue())


def _rows(content: bytes) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True, pre_buffer=False)
    return file.read(use_threads=False)


def _hash_of(files: Sequence[ListedFile]) -> str:
    told = "\n".join([str(VERSION), *(f"{file.name} {file.stamp}" for file in files)])
    return hashlib.sha256(told.encode()).hexdigest()[:32]
