"""What the tests of the demo share: its folder, its generator, and one decoding of its audio."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

DEMO = Path(__file__).resolve().parents[2] / "examples" / "demo"


@pytest.fixture(scope="session")
def demo() -> Path:
    return DEMO


@pytest.fixture(scope="session")
def site() -> Path:
    return DEMO / "site"


class Generator:
    """The demo's generator, which is no installed package: its modules by name."""

    def __getattr__(self, name: str) -> ModuleType:
        return importlib.import_module(f"demo_generator.{name}")


@pytest.fixture(scope="session")
def generator() -> Iterator[Generator]:
    sys.path.insert(0, str(DEMO))
    yield Generator()
    sys.path.remove(str(DEMO))


@pytest.fixture(scope="session")
def audio_s() -> dict[str, float]:
    """Seconds that really decode, by path relative to the site."""
    import av

    def decoded_s(path: Path) -> float:
        with av.open(str(path)) as container:
            return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))

    site = DEMO / "site"
    return {path.relative_to(site).as_posix(): decoded_s(path) for path in sorted(site.glob("audio/*/*"))}
