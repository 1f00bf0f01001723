"""The table ``insight_vectors``: what was paid for once, and the scan that compares some insights with all.

DuckDB reads the files; the vectors reach numpy through Arrow, whose product with the queries is one multiplication for
each block. Of what was tried on 100,000 vectors, reading BLOBs, as here, takes about two thirds of the time of lists of
FLOAT, and DuckDB's own ``array_inner_product``, which casts each list first, took over three times as long as the
product of lists in numpy. A day's five insights against 100,000 in 500 files took 0.65 to 0.8 s of CPU on a shared
core, with blocks of 1,000 to 20,000 rows alike (``python -m benchmarks.insights_run vectors``); one second is the aim.
What is compared with what is decided by ``digest/neighbours.py`` and ``digest/search.py``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from podcast_insights.digest.values import InsightVector
from podcast_insights.errors import DamagedFileError
from podcast_insights.storage.by_day import DayRepository, day_partition
from podcast_insights.storage.connections import open_duckdb
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import Warehouse

# The longest vectors have 8192 numbers: a block of them is far below the 2 GB that Arrow's offsets reach.
ROWS_AT_A_TIME = 20_000
RECENT_DAYS = 7

# Joined in numpy, by a hash of the id: a join in SQL would copy every vector once more, and ids as texts cost more
# than the vectors. Of 100,000 insights, two have one hash of 64 bits once in four thousand million stores.
_OF_MODEL = """
SELECT hash(insight_id) AS hashed, vector
FROM read_parquet($files, hive_partitioning = false)
WHERE model = $model AND dimensions = $dimensions
"""


class VectorsRepository(DayRepository[InsightVector]):
    """The vectors by the day of their insights."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Keep vectors in ``warehouse``."""
        super().__init__(warehouse, "insight_vectors", RowCodec(InsightVector))

    def dimensions_of(self, model: str) -> int | None:
        """Return how many numbers a model's latest vectors have, or None where the last days hold none of it."""
        latest = [day_partition(day) for day in self.days()[-RECENT_DAYS:]]
        with self._warehouse.connect([self.name], partitions=latest) as connection:
            found = connection.execute(
                "SELECT dimensions FROM insight_vectors WHERE model = ? ORDER BY episode_date DESC LIMIT 1", [model]
            ).fetchone()
        return found[0] if found else None

    def some(self, wanted: Mapping[str, str], *, model: str, days: Collection[date]) -> Mapping[str, bytes]:
        """Return the vectors of insights by their ids, of those that have one.

        Args:
            wanted: The fingerprint of each insight's text, by its id.
            model: The embeddings model.
            days: The days of their episodes.
        """
        found = (vector for day in sorted(days) for vector in self.of_day(day))
        return {
            one.insight_id: one.vector
            for one in found
            if one.model == model and wanted.get(one.insight_id) == one.text_fingerprint
        }

    def blocks(self, wanted: Sequence[str], *, model: str, dimensions: int) -> Iterator[tuple[Any, Any]]:
        """Yield the vectors of wanted insights in blocks, in any order: their places in ``wanted``, and a matrix.

        An insight whose words have changed is there once for each of its texts.

        Args:
            wanted: The ids of the insights.
            model: The embeddings model.
            dimensions: How many numbers a vector has; others are left out.
        """
        import numpy as np

        files = [str(path) for path in self._warehouse.files(self.name)]
        if not files or not wanted:
            return
        hashes = _hashes(wanted)
        order = np.argsort(hashes)
        for hashed, matrix in _joined(self._batches(files, model, dimensions), dimensions):
            positions = order[np.minimum(np.searchsorted(hashes, hashed, sorter=order), len(order) - 1)]
            is_wanted = hashes[positions] == hashed
            yield (positions, matrix) if is_wanted.all() else (positions[is_wanted], matrix[is_wanted])

    def _batches(self, files: list[str], model: str, dimensions: int) -> Iterator[Any]:
        """Yield what is stored of a model. Not through the table's view: opening 500 files twice costs half a second.

        Raises:
            DamagedFileError: A damaged file was met; it is set aside now.
        """
        import duckdb

        try:
            with self._warehouse.connect([]) as connection:
                relation = connection.sql(_OF_MODEL, params={"files": files, "model": model, "dimensions": dimensions})
                yield from relation.to_arrow_reader(ROWS_AT_A_TIME)
        except duckdb.Error as error:
            # The view sets aside what cannot be read, and says so.
            with self._warehouse.connect([self.name]) as connection:
                connection.execute("SELECT sum(octet_length(vector)) FROM insight_vectors")
            raise DamagedFileError(f"vectors could not be read, and now they can; run it again: {error}") from error


def _joined(batches: Iterator[Any], dimensions: int) -> Iterator[tuple[Any, Any]]:
    """Yield the hashes and the matrix of batches, those of small files joined to one."""
    import numpy as np

    hashes: list[Any] = []
    matrices: list[Any] = []
    rows = 0
    for batch in batches:
        hashes.append(batch.column(0).to_numpy())
        matrices.append(_matrix(batch.column(1), dimensions))
        rows += len(batch)
        if rows >= ROWS_AT_A_TIME:
            yield np.concatenate(hashes), np.concatenate(matrices)
            hashes, matrices, rows = [], [], 0
    if rows:
        yield np.concatenate(hashes), np.concatenate(matrices)


def _hashes(wanted: Sequence[str]) -> Any:
    """Return DuckDB's hash of each id."""
    import pyarrow as pa

    with open_duckdb() as connection:
        connection.register("wanted", pa.table({"insight_id": list(wanted)}))
        hashed = connection.sql("SELECT hash(insight_id) AS hashed FROM wanted").to_arrow_table()
    return hashed.column(0).to_numpy()


def _matrix(vectors: Any, dimensions: int) -> Any:
    """Return blobs as a matrix without copying them: those of a batch lie one after the other."""
    import numpy as np

    _, offsets, numbers = vectors.buffers()
    start = int(np.frombuffer(offsets, dtype="<i4")[vectors.offset])
    matrix = np.frombuffer(numbers, dtype="<f4", offset=start, count=len(vectors) * dimensions)
    return matrix.reshape(len(vectors), dimensions)
