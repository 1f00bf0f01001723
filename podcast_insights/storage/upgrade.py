"""Tables of an earlier version, rewritten as they are written now.

Reading needs no upgrade: a column that an older file does not have is NULL, or what ``schemas.WHEN_ABSENT`` says.
Rewriting makes files alike, so that other programs that read them find the same columns in each. It can be stopped and
run again at any time.
"""

from collections.abc import Iterator

from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.files import explained
from podcast_insights.storage.schemas import TABLES, WHEN_ABSENT, arrow_schema
from podcast_insights.storage.warehouse import Warehouse


def outdated_files(warehouse: Warehouse) -> Iterator[tuple[str, UPath]]:
    """Yield each file of a table that was written with another schema than it has now, with the table's name."""
    import pyarrow.parquet as pq

    for table in TABLES:
        wanted = arrow_schema(table.name)
        for path in warehouse.readable_files(table.name):
            with explained(path, "read"), path.open("rb") as file:
                found = pq.read_schema(file)
            # Not whole schemas: Parquet gives the elements of lists names of its own.
            if (found.names, found.metadata) != (wanted.names, wanted.metadata):
                yield table.name, path


def upgrade(warehouse: Warehouse, name: str, path: UPath) -> None:
    """Rewrite one file of a table, atomically.

    One that is gone by now, or cannot be read to its end and is set aside, is left out: a file without rows in its
    place would say that there were none.

    Raises:
        StorageError: Its rows do not fit the table as it is now, or it cannot be written; the old file stays.
    """
    partition = path.relative_to(warehouse.folder / name).parent.as_posix()
    absent = {column: value for (table, column), value in WHEN_ABSENT.items() if table == name}
    rows = [
        row | {key: value for key, value in absent.items() if row[key] is None}
        for row in warehouse.read_file(name, path)
    ]
    if not path.exists():
        return
    try:
        warehouse.write(name, "" if partition == "." else partition, rows, file_name=path.name)
    except StorageError as error:
        raise StorageError(f"{path} stays as it is: {error}") from error
