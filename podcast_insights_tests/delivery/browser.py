"""A real browser and real checkers for tests, where this machine has them; where it does not, tests are skipped.

Chromium is the system's. axe-core and the Nu HTML checker are looked for in ``.browser``, where ``make browser-test``
puts them.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = ROOT / ".browser" / "node_modules"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def axe_source() -> str:
    """Return axe-core's script, or skip the test."""
    return _found(MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def nu_checker() -> list[str]:
    """Return the command of the Nu HTML checker, or skip the test."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("java is not installed")
    return [java, "-jar", str(_found(MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"))]


@contextmanager
def chromium() -> Iterator[Any]:
    """Yield a running Chromium of Playwright's synchronous kind, or skip the test."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install -e '.[browser]'")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield browser
        browser.close()


def _found(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path} is not there: make browser-test fetches it")
    return path
