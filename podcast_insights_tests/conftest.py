"""What tests of several folders share: where things are kept, on a folder of this machine and in an object store."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from upath import UPath


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
