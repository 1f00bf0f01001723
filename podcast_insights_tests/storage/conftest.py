"""Where the storage tests keep things: a folder of this machine, and an object store in memory."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from upath import UPath

from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.three_days import MONDAY, TUESDAY, WEDNESDAY, a_row


@pytest.fixture(params=["folder", "object_store"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[UPath]:
    """A base URL of each kind that the project supports."""
    if request.param == "folder":
        yield UPath(tmp_path / "base")
        return
    base = UPath(f"memory://{uuid.uuid4().hex}")
    yield base
    if base.exists():
        base.fs.rm(base.path, recursive=True)


@pytest.fixture
def warehouse(base: UPath) -> Warehouse:
    return Warehouse(base)


@pytest.fixture
def three_days(warehouse: Warehouse) -> Warehouse:
    """A warehouse with one row on each of three days."""
    for partition, name in ((MONDAY, "mon"), (TUESDAY, "tue"), (WEDNESDAY, "wed")):
        warehouse.write("related_insights", partition, [a_row(name)])
    return warehouse
