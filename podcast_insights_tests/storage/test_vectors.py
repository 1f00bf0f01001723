from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from upath import UPath

from podcast_insights.digest.values import InsightVector
from podcast_insights.errors import DamagedFileError
from podcast_insights.storage.vectors import VectorsRepository
from podcast_insights.storage.warehouse import Warehouse

DAY = date(2026, 11, 9)


@pytest.fixture
def vectors(tmp_path: Path) -> VectorsRepository:
    return VectorsRepository(Warehouse(UPath(tmp_path)))


def a_vector(insight_id: str, numbers: Sequence[float], *, model: str = "m", text: str = "t") -> InsightVector:
    return InsightVector(
        insight_id=insight_id,
        model=model,
        text_fingerprint=text,
        dimensions=len(numbers),
        vector=np.array(numbers, dtype="<f4").tobytes(),
    )


def scanned(vectors: VectorsRepository, *ids: str, dimensions: int = 3) -> dict[str, list[float]]:
    return {
        ids[place]: list(row)
        for places, matrix in vectors.blocks(ids, model="m", dimensions=dimensions)
        for place, row in zip(places, matrix, strict=True)
    }


def test_a_scan_finds_the_wanted_vectors_of_all_days(vectors: VectorsRepository) -> None:
    vectors.replace_day(DAY, [a_vector("a", [1, 2, 3]), a_vector("b", [4, 5, 6])])
    vectors.replace_day(DAY + timedelta(days=1), [a_vector("c", [7, 8, 9])])
    assert scanned(vectors, "c", "a", "unknown") == {"a": [1, 2, 3], "c": [7, 8, 9]}
    assert scanned(vectors, "a", "b", "c") == {"a": [1, 2, 3], "b": [4, 5, 6], "c": [7, 8, 9]}
    assert scanned(vectors) == {}


def test_other_models_and_other_lengths_are_left_out(
    vectors: VectorsRepository,
) -> None:
    stored = [
        a_vector("a", [1, 2, 3]),
        a_vector("a", [9, 9, 9], model="other"),
        a_vector("a", [8, 8, 8], text="of old words"),
        a_vector("b", [1, 2]),
    ]
    vectors.replace_day(DAY, stored)
    assert vectors.of_day(DAY) == tuple(stored)
    (block,) = vectors.blocks(["b", "a"], model="m", dimensions=3)
    assert [list(part) for part in block[0:1]] == [[1, 1]]
    assert sorted(list(row) for row in block[1]) == [[1, 2, 3], [8, 8, 8]]
    assert vectors.some({"a": "t", "b": "t"}, model="m", days=[DAY]) == {"a": stored[0].vector, "b": stored[3].vector}


def test_the_length_of_the_latest_vectors_is_known(vectors: VectorsRepository) -> None:
    assert vectors.dimensions_of("m") is None
    vectors.replace_day(DAY, [a_vector("a", [1, 2])])
    vectors.replace_day(DAY + timedelta(days=1), [a_vector("b", [1, 2, 3]), a_vector("b", [1], model="other")])
    assert (vectors.dimensions_of("m"), vectors.dimensions_of("other"), vectors.dimensions_of("x")) == (3, 1, None)


def test_nothing_stored_is_nothing_found(vectors: VectorsRepository) -> None:
    assert scanned(vectors, "a") == {}
    assert vectors.some({"a": "t"}, model="m", days=[DAY]) == {}


def test_a_damaged_file_is_set_aside_and_the_next_scan_goes_without_it(
    vectors: VectorsRepository, tmp_path: Path
) -> None:
    vectors.replace_day(DAY, [a_vector("a", [1, 2, 3])])
    vectors.replace_day(DAY + timedelta(days=1), [a_vector("b", [1, 2, 3])])
    (damaged, _) = sorted((tmp_path / "warehouse").rglob("data.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-20])
    with pytest.raises(DamagedFileError):
        scanned(vectors, "a", "b")
    assert scanned(vectors, "a", "b") == {"b": [1, 2, 3]}
