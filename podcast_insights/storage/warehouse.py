"""The warehouse: tables as Parquet files, one for each day (or show), replaced whole; DuckDB looks over them.

``<base>/warehouse/<table>/<partition>/<name>.parquet``. No writer touches another's file, so concurrent days need no
lock and a reader sees a day as it was before or after, never between. This module knows files and tables;
which values a table holds is the business of ``repositories``, and what a table is of ``schemas``.

A file that cannot be read is set aside under another name, so that it stops nothing else; the run that misses its rows
makes them again from the artifacts.
"""

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from upath import UPath

from podcast_insights.errors import DamagedFileError, StorageError
from podcast_insights.files import local_path, read_bytes, set_aside, write_bytes
from podcast_insights.storage.columns import columns_of, require_shape, rows_in, rows_of
from podcast_insights.storage.connections import create_view, open_duckdb, own_corner
from podcast_insights.storage.gathered import NOT_GATHERED, Part, parts_of, readable_here, remove_damaged
from podcast_insights.storage.listing import listed_files
from podcast_insights.storage.parquet_footers import DAMAGED_SUFFIX, are_alike, readable_schemas
from podcast_insights.storage.schemas import arrow_schema, table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

DATA_FILE = "data.parquet"
# Vectors are noise to a compressor, and reading them back takes half as long again.
INCOMPRESSIBLE = frozenset({"insight_vectors"})

Row = Mapping[str, Any]


class Warehouse:
    """The tables under one base URL."""

    def __init__(self, base: UPath) -> None:
        """Use the folder or bucket ``base`` (``storage.base_url``); nothing is read or made yet."""
        self.base = base
        self.folder = base / "warehouse"
        self._gathered = base / "gathered"

    def write(self, name: str, partition: str, rows: Sequence[Row], *, file_name: str = DATA_FILE) -> int:
        """Replace one partition of a table by ``rows``, atomically; return how many bytes were written.

        Raises:
            StorageError: The rows do not fit the table, or the file cannot be written.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        # A table of one row, as shows are, gains nothing from either, and a round of polls writes a thousand.
        is_short = len(rows) <= 1
        try:
            found = pa.Table.from_pylist(list(rows), schema=arrow_schema(name))
            pq.write_table(
                found,
                buffer,
                compression="none" if is_short or name in INCOMPRESSIBLE else "zstd",
                use_dictionary=not is_short,
                write_page_checksum=True,
            )
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise StorageError(f"rows for {name}/{partition} do not fit the table: {error}") from error
        write_bytes(self._partition(name, partition) / file_name, buffer.getvalue())
        return buffer.tell()

    def read(self, name: str, partition: str) -> list[dict[str, Any]]:
        """Return the rows of one partition; columns that older files do not have are None."""
        rows: list[dict[str, Any]] = []
        for path in self.files(name, partitions=[partition]):
            rows += self.read_file(name, path)
        return rows

    def read_all(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of all partitions, in their order: for years of small files a tenth of reading each."""
        return rows_of(self._queried([name], f'FROM "{name}"'))

    def read_columns(self, name: str, partition: str, columns: Collection[str] | None = None) -> dict[str, list[Any]]:
        """Return the rows of one partition by column, of all columns or some; those of no file are None."""
        wanted = table(name).column_names if columns is None else tuple(columns)
        found: dict[str, list[Any]] = {column: [] for column in wanted}
        for path in self.files(name, partitions=[partition]):
            content = self._content(name, path, wanted)
            if content is not None:
                stored, rows = content
                for column, cells in found.items():
                    cells += stored.get(column, [None] * rows)
        return found

    def columns(self, names: Collection[str], query: str) -> dict[str, list[Any]]:
        """Return by column what a query over tables gives; what is damaged is set aside and left out."""
        return columns_of(self._queried(names, query))

    def fingerprint(self, name: str, partition: str) -> str | None:
        """Return the hash of one partition as it is stored, which costs no more than reading its bytes.

        None where it holds no file. Damage changes it, like any other change.
        """
        digest = hashlib.sha256()
        contents = [read_bytes(path) for path in self.files(name, partitions=[partition])]
        for content in filter(None, contents):
            digest.update(content)
        return digest.hexdigest()[:32] if any(contents) else None

    def partitions(self, name: str) -> tuple[str, ...]:
        """Return the partitions of a table that hold a file, in order."""
        listed = listed_files(self._partition(name, ""))
        return tuple(sorted({file.name.rpartition("/")[0] or "." for file in listed}))

    def files(self, name: str, *, partitions: Collection[str] | None = None) -> list[UPath]:
        """Return the files of a table, or of some of its partitions, in order."""
        if partitions is None:
            return self._all_files(name)
        if self._is_remote() and len(partitions) > 1:
            # An object store lists a table as fast as one partition of it.
            listed = self._all_files(name)
            return [path for path in listed if self._partition_of(name, path) in partitions]
        folders = [self._partition(name, partition) for partition in sorted(partitions)]
        return [path for folder in folders for path in _files_in(folder)]

    def delete(self, name: str, partition: str) -> None:
        """Remove one partition of a table, if it is there."""
        for path in self.files(name, partitions=[partition]):
            path.unlink()

    @contextmanager
    def connect(
        self, names: Collection[str], *, partitions: Collection[str] | None = None
    ) -> Iterator["duckdb.DuckDBPyConnection"]:
        """Yield an in-memory DuckDB connection with a view for each table of ``names``, closed afterwards.

        A table without files is empty, and columns that older files do not have are NULL.

        Args:
            names: The tables that are looked at.
            partitions: Only these partitions, such as ``date=2026-11-13``; everything where None.

        Raises:
            DamagedFileError: A query met a damaged file. It is set aside now, so the next query leaves it out.
        """
        import duckdb

        with (
            readable_here({name: self._parts(name, partitions) for name in names}) as files,
            open_duckdb() if self._is_remote() else own_corner() as connection,
        ):
            if self._is_remote():
                connection.register_filesystem(self.folder.fs)
            for name, readable in files.items():
                create_view(connection, table(name), list(map(str, readable)), are_alike=are_alike(readable))
            try:
                yield connection
            except duckdb.Error as error:
                damaged = self._damaged(names, partitions)
                if damaged:
                    raise DamagedFileError(
                        f"set aside because they cannot be read: {', '.join(map(str, damaged))}; run again without them"
                    ) from error
                raise

    def readable_files(self, name: str, *, partitions: Collection[str] | None = None) -> list[UPath]:
        """Return the files of a table; those whose footer cannot be read are set aside and left out."""
        return list(readable_schemas(self.files(name, partitions=partitions)))

    def _queried(self, names: Collection[str], query: str) -> "pa.Table":
        while True:
            # Each round without an answer has set a file aside.
            with suppress(DamagedFileError), self.connect(names) as connection:
                return connection.sql(query).to_arrow_table()

    def _parts(self, name: str, partitions: Collection[str] | None) -> list[Part]:
        """Return what a query reads: everything in parts that may be gathered, or the files of some partitions."""
        folder = self._partition(name, "")
        if partitions is None and name not in NOT_GATHERED:
            return parts_of(folder, listed_files(folder), self._gathered / name)
        files = self.files(name, partitions=partitions)
        return [Part(folder=folder, names=tuple(path.relative_to(folder).as_posix() for path in files))]

    def _damaged(self, names: Collection[str], partitions: Collection[str] | None) -> list[UPath]:
        """Return the files of a query that are damaged: those of days are set aside now, those gathered removed."""
        listed = [(name, path) for name in names for path in self.files(name, partitions=partitions)]
        damaged = [path for name, path in listed if self._content(name, path) is None]
        return damaged + remove_damaged(part for name in names for part in self._parts(name, partitions))

    def damaged_files(self) -> list[UPath]:
        """Return the files that were set aside, for a person to look at."""
        if not self.folder.exists():
            return []
        return sorted(self.folder.glob(f"**/*.parquet.{DAMAGED_SUFFIX}"), key=str)

    def read_file(self, name: str, path: UPath) -> list[dict[str, Any]]:
        """Return the rows of one of ``files``; columns that it does not have are None."""
        empty = dict.fromkeys(table(name).column_names)
        content = self._content(name, path)
        return [] if content is None else [empty | row for row in rows_in(content[0])]

    def _content(
        self, name: str, path: UPath, columns: Collection[str] | None = None
    ) -> tuple[dict[str, list[Any]], int] | None:
        """Return what a file holds, by column, and how many rows; None where it is gone, or damaged and set aside."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        content = read_bytes(path)
        if content is None:
            return None
        try:
            # Not ``read_table``, which takes three times as long for a small file.
            file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True, pre_buffer=False)
            require_shape(file.schema_arrow, arrow_schema(name))
            stored = file.schema_arrow.names
            found = file.read([each for each in stored if columns is None or each in columns], use_threads=False)
            # The footer has no checksum: what it says wrongly of a column shows only here.
            return columns_of(found), found.num_rows
        except (pa.ArrowException, ValueError, OSError, KeyError):
            set_aside(path, DAMAGED_SUFFIX, is_damaged=lambda aside: read_bytes(aside) == content)
            return None

    def _is_remote(self) -> bool:
        return local_path(self.folder) is None

    def _partition(self, name: str, partition: str) -> UPath:
        table(name)
        return self.folder / name / partition if partition else self.folder / name

    def _all_files(self, name: str) -> list[UPath]:
        folder = self._partition(name, "")
        return [folder / file.name for file in listed_files(folder)]

    def _partition_of(self, name: str, path: UPath) -> str:
        return path.relative_to(self.folder / name).parent.as_posix()


def _files_in(folder: UPath) -> list[UPath]:
    """Return the files of one partition."""
    return [folder / file.name for file in listed_files(folder) if "/" not in file.name]
