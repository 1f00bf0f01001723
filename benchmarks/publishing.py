"""What the site of a year costs: 10,220 insights over 365 days, built whole, and again after one more day.

Each build is a process of its own that does what the asset ``digest_site`` does: it reads the digests, decides which
files there are, makes those that are new or changed, with their cards, and writes them. Beside it stands a quarter of
the year: what a build holds in memory grows with the digests that it reads, not with the files that it makes.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.processes import Usage, measure
from benchmarks.results import Benchmark, Figure

DAYS, A_DAY, QUARTER = 365, 28, 91
MOST_OF_FULL_RATIO = 0.05
MOST_GROWTH_RATIO = 2.0
MOST_MEMORY_MB = 400.0


def publishing() -> Benchmark:
    """Measure a whole build, one with nothing new, and one after a new day."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _store(folder, 0, QUARTER)
        quarter, _ = _build(folder)
        (folder / "site" / ".published.json").unlink()
        _store(folder, QUARTER, DAYS)
        full, of_full = _build(folder)
        _store(folder, DAYS, DAYS + 1)
        increment, of_increment = _build(folder)
    return Benchmark(
        name="publishing",
        figures=figures_of(quarter, full, increment, of_full, of_increment),
        details={"full": of_full, "increment": of_increment, "insights": DAYS * A_DAY, "days": DAYS},
    )


def figures_of(
    quarter: Usage, full: Usage, increment: Usage, of_full: Mapping[str, Any], of_increment: Mapping[str, Any]
) -> tuple[Figure, ...]:
    """Return what the builds used, and how they compare."""
    return (
        Figure(name="whole build, CPU", value=full.cpu_s, unit="s"),
        Figure(name="whole build, wall time", value=full.wall_s, unit="s"),
        Figure(name="  files written", value=of_full["written"], unit=""),
        Figure(name="one more day, CPU", value=increment.cpu_s, unit="s"),
        Figure(name="one more day, wall time", value=increment.wall_s, unit="s"),
        Figure(name="  files written", value=of_increment["written"], unit=""),
        Figure(
            name="one more day, of a whole build",
            value=increment.cpu_s / full.cpu_s,
            unit="share",
            at_most=MOST_OF_FULL_RATIO,
        ),
        Figure(name="peak memory, whole build", value=full.peak_bytes / 1e6, unit="MB", at_most=MOST_MEMORY_MB),
        Figure(name="peak memory, one more day", value=increment.peak_bytes / 1e6, unit="MB", at_most=MOST_MEMORY_MB),
        Figure(
            name="peak memory, a year by a quarter",
            value=full.peak_bytes / quarter.peak_bytes,
            unit="times",
            at_most=MOST_GROWTH_RATIO,
        ),
    )


def _store(folder: Path, first: int, last: int) -> None:
    _run(folder, ["store", str(folder), str(first), str(last), str(A_DAY)])


def _build(folder: Path) -> tuple[Usage, dict[str, Any]]:
    usage = _run(folder, ["build", str(folder), "cards"])
    told: dict[str, Any] = json.loads(usage.output.splitlines()[-1])
    return usage, told


def _run(folder: Path, arguments: Sequence[str]) -> Usage:
    here = str(Path(__file__).parent.parent)
    return measure(["-m", "benchmarks.site_run", *arguments], folder=folder, environment={"PYTHONPATH": here})
