"""What a day costs after ten days, a hundred and a thousand: 1,000, 10,000 and 100,000 episodes in the warehouse.

The newest day is the same in each: 100 shows publish an episode of a few minutes with its transcript, and the assets'
own functions make the day, from the feeds to the digest, then what is related to it, and the pages that are new. Feeds
list their newest episodes only: what grows is our store, not what others serve. The past is the day before, written
straight as Parquet under other dates and ids, with published insights of words of their own.

CPU seconds of one process that has everything imported and has made such a day before, each the lower of two stores
that take turns, because a machine is slower at times; Dagster's own share, which knows no history, is left out. The day
before has left each store as a day does: finished months gathered, pairs kept.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from benchmarks.growth_run import A_DAY, DAY, episodes_of
from benchmarks.processes import measure
from benchmarks.results import Benchmark, Figure
from podcast_insights_tests.integration.podcast_server import PodcastServer

DAYS = (10, 100, 1000)
MOST_GROWTH_RATIO = 2.0
PARTS = {
    "a day from the feeds to the digest": ("feeds", "ingest", "digest"),
    "related insights": ("related",),
    "the site's increment": ("site",),
    "mail": ("mail",),
    "all checks and their pages": ("checks",),
    "SQL models": ("models",),
    "the DuckDB file": ("duckdb",),
    "related insights, all compared anew": ("related anew",),
}
# Those that the goal is for; the others are made of everything on purpose, or have a benchmark of their own.
HAVE_A_GOAL = tuple(PARTS)[:3]


def growth(days: tuple[int, ...] = DAYS, a_day: int = A_DAY) -> Benchmark:
    """Measure the newest day in a store of each length."""
    with tempfile.TemporaryDirectory() as temporary, PodcastServer().running() as server:
        folder = Path(temporary)
        feeds = [server.publishes(name, [item]) for name, item in episodes_of(server, DAY - timedelta(days=1), a_day)]
        (folder / "feeds.json").write_text(json.dumps(feeds), encoding="utf-8")
        _run(folder, "past", *map(str, days))
        for (name, item), (_, before) in zip(
            episodes_of(server, DAY, a_day), episodes_of(server, DAY - timedelta(days=1), a_day), strict=True
        ):
            server.publishes(name, [item, before])
        told: dict[str, dict[str, float]] = json.loads(_run(folder, "measure", *map(str, days)).splitlines()[-1])
    return Benchmark(name="growth", figures=figures_of(told, a_day), details=told)


def figures_of(told: Mapping[str, Mapping[str, float]], a_day: int) -> tuple[Figure, ...]:
    """Return each part's CPU in each store, and how it grew from the first to the last."""
    figures: list[Figure] = []
    for name, stages in PARTS.items():
        costs_s = [sum(of_store[stage] for stage in stages) for of_store in told.values()]
        figures += [
            Figure(name=f"{name}, {int(days) * a_day:,} episodes", value=cost_s, unit="s")
            for days, cost_s in zip(told, costs_s, strict=True)
        ]
        at_most = MOST_GROWTH_RATIO if name in HAVE_A_GOAL else None
        figures.append(Figure(name="  growth", value=costs_s[-1] / costs_s[0], unit="times", at_most=at_most))
    return tuple(figures)


def _run(folder: Path, *arguments: str) -> str:
    here = str(Path(__file__).parent.parent)
    environment = {"PYTHONPATH": here, "OMP_NUM_THREADS": "1"}
    return measure(
        ["-m", "benchmarks.growth_run", str(folder), *arguments], folder=folder, environment=environment
    ).output
