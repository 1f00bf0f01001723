"""What two real weeks cost: 33 episodes of November 2024 with their publishers' transcripts, from feed to digest.

One backfill by the command line in a process of its own, so that the server of this one does not count; its runs are
recorded in a Dagster instance as a deployment records them. ``benchmarks.cpu_ledger`` tells our own work from the rest.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from benchmarks.processes import Usage, measure
from benchmarks.results import Benchmark, Figure
from podcast_insights.bundled import bundled_path
from podcast_insights_tests.integration.november import publish_november
from podcast_insights_tests.integration.podcast_server import PodcastServer

MOST_OUTSIDE_RATIO = 0.5
MOST_MEMORY_MB = 1000.0
REAL_DATA = "PODCAST_INSIGHTS_REAL_DATA"


def november() -> Benchmark:
    """Measure the backfill once."""
    real_data = os.environ.get(REAL_DATA)
    if not real_data:
        return Benchmark(name="november", skipped=f"set {REAL_DATA} to the folder with the real transcripts")
    with tempfile.TemporaryDirectory() as temporary, PodcastServer().running() as server:
        folder = Path(temporary)
        feeds = publish_november(server, Path(real_data).absolute())
        dates = sorted(item.published_at.date() for items in feeds.values() for item in items)
        prepare(folder, list(feeds), start_date=dates[0])
        usage, ledger = _backfill(folder, dates[0], dates[-1])
    return Benchmark(
        name="november",
        figures=figures_of(usage, ledger, episodes=len(dates)),
        details={**ledger, "episodes": len(dates), "days": (dates[-1] - dates[0]).days + 1},
    )


def prepare(folder: Path, feeds: Sequence[str], *, start_date: date) -> None:
    """Write the settings and the Dagster instance's configuration into ``folder``."""
    settings = {
        "shows": [{"url": url, "transcripts": "publisher"} for url in feeds],
        "feeds": {"allow_hosts": ["127.0.0.1"]},
        "digest": {"start_date": start_date.isoformat()},
        "insights": {"extractor": "embedded"},
    }
    (folder / "podcasts.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    home = folder / "dagster_home"
    home.mkdir()
    (home / "dagster.yaml").write_bytes(bundled_path("dagster.example.yaml").read_bytes())


def figures_of(usage: Usage, ledger: dict[str, Any], *, episodes: int) -> tuple[Figure, ...]:
    """Return what the process used, and how much of it was not our own work."""
    work_s, imports_s = sum(ledger["work_s"].values()), ledger["imports_s"]
    parts = sorted(ledger["work_s"].items(), key=lambda part: -part[1])
    return (
        Figure(name="wall time", value=usage.wall_s, unit="s"),
        Figure(name="CPU", value=usage.cpu_s, unit="s"),
        Figure(name="CPU for each episode", value=usage.cpu_s / episodes, unit="s"),
        *(Figure(name=f"  of it: {name}", value=part_s, unit="s") for name, part_s in parts),
        Figure(name="  of it: imports", value=imports_s, unit="s"),
        Figure(name="  of it: Dagster, and what is not named", value=usage.cpu_s - work_s - imports_s, unit="s"),
        Figure(name="imports", value=imports_s / usage.cpu_s, unit="share"),
        Figure(
            name="outside our own work (imports included)",
            value=1 - work_s / usage.cpu_s,
            unit="share",
            at_most=MOST_OUTSIDE_RATIO,
        ),
        Figure(name="peak memory", value=usage.peak_bytes / 1e6, unit="MB", at_most=MOST_MEMORY_MB),
    )


def _backfill(folder: Path, first: date, last: date) -> tuple[Usage, dict[str, Any]]:
    books = folder / "ledger.json"
    usage = measure(
        ["-m", "benchmarks.cpu_ledger", str(books), "backfill", "--from", str(first), "--to", str(last)],
        folder=folder,
        environment={
            "PODCAST_INSIGHTS_CONFIG": str(folder / "podcasts.yaml"),
            "DAGSTER_HOME": str(folder / "dagster_home"),
        },
    )
    ledger: dict[str, Any] = json.loads(books.read_text(encoding="utf-8"))
    return usage, ledger
