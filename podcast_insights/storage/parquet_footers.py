"""What the ends of Parquet files say: whether a file is whole, and which columns it has; the rows are not looked at.

A file that does not end as Parquet does is set aside here, so that it stops no query over the others.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.files import set_aside

if TYPE_CHECKING:
    import pyarrow.parquet as pq

DAMAGED_SUFFIX = "damaged"


def readable_schemas(
    paths: Iterable[UPath], *, originals: Mapping[UPath, UPath] | None = None
) -> "dict[UPath, pq.ParquetSchema]":
    """Return those of some files that are there and end as Parquet does, with their schemas.

    One that does not is set aside, or what it is a copy of.
    """
    found = {path: _schema_of(path, original=(originals or {}).get(path, path)) for path in paths}
    return {path: schema for path, schema in found.items() if schema is not None}


def _schema_of(path: UPath, *, original: UPath) -> "pq.ParquetSchema | None":
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            return pq.read_metadata(file).schema
    except FileNotFoundError:
        return None
    except (pa.ArrowException, ValueError, OSError) as error:
        # What the system refuses has a number; what Arrow cannot understand has none. Only the latter is damage.
        if getattr(error, "errno", None) is not None:
            raise StorageError(
                f"{path} could not be read: {error}; check storage.base_url and its permissions"
            ) from error
        set_aside(original, DAMAGED_SUFFIX, is_damaged=lambda aside: not has_footer(aside))
        return None


def has_footer(path: UPath) -> bool:
    """Whether a file ends as Parquet does."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            pq.read_metadata(file)
    except (pa.ArrowException, ValueError, OSError):
        return False
    return True


def are_alike(readable: "Mapping[UPath, pq.ParquetSchema]") -> bool:
    """Whether all files have the same columns: as long as the schema does not change."""
    schemas = iter(readable.values())
    first = next(schemas, None)
    return all(schema.equals(first) for schema in schemas)
