"""What tests of several folders share: where things are kept, which files begin, and that nothing is timed."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from upath import UPath

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
# For planted faults: whether one is found must not depend on luck, and no smaller example is needed.
settings.register_profile("same_examples", deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))

# A file stays with one worker. Those that take longest come first, or one of them would be at work alone at the end.
FIRST = (
    "integration/test_november.py",
    "integration/test_demo.py",
    "integration/test_bad_input.py",
    "cli/test_readme.py",
    "crash/test_killed.py",
    "integration/test_soak.py",
    "delivery/test_in_browser.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of these files before all others."""
    places = {Path(__file__).parent / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(FIRST)))


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
