"""What loading the code location costs, against one that is empty: Dagster loads it in several processes, often.

The empty one costs what Dagster itself costs, so the ratio says what is ours.
"""

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.processes import measure
from benchmarks.results import Benchmark, Figure

MOST_OF_EMPTY_RATIO = 1.3
ROUNDS = 3

_ROOT = Path(__file__).parent.parent
_EMPTY = "import dagster as dg\n\ndefs = dg.Definitions()\n"
_EMPTY_WORKSPACE = "load_from:\n  - python_package:\n      package_name: empty_location\n"


def code_location() -> Benchmark:
    """Measure ``dagster definitions validate`` on both, in turns, after one round that nobody counts."""
    ours_s: list[float] = []
    empty_s: list[float] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        empty = write_empty_location(folder)
        for _ in range(ROUNDS + 1):
            ours_s.append(_validate(_ROOT / "workspace.yaml", folder))
            empty_s.append(_validate(empty, folder))
    ours, nothing = median(ours_s[1:]), median(empty_s[1:])
    return Benchmark(
        name="code_location",
        figures=(
            Figure(name="CPU of an empty code location", value=nothing, unit="s"),
            Figure(name="CPU of this code location", value=ours, unit="s"),
            Figure(name="ratio", value=ours / nothing, unit="", at_most=MOST_OF_EMPTY_RATIO),
        ),
        details={"ours_s": ours_s, "empty_s": empty_s, "not_counted": "the first of each"},
    )


def write_empty_location(folder: Path) -> Path:
    """Write a package with empty definitions; return the workspace that loads it."""
    package = folder / "empty_location"
    package.mkdir()
    (package / "__init__.py").write_text(_EMPTY, encoding="utf-8")
    workspace = folder / "workspace.yaml"
    workspace.write_text(_EMPTY_WORKSPACE, encoding="utf-8")
    return workspace


def _validate(workspace: Path, folder: Path) -> float:
    environment = {"PODCAST_INSIGHTS_CONFIG": str(_ROOT / "podcasts.example.yaml"), "PYTHONPATH": str(folder)}
    command = ["-m", "dagster", "definitions", "validate", "-w", str(workspace)]
    return measure(command, folder=folder, environment=environment).cpu_s
