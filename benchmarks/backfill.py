"""A hundred days at once, with four runs beside each other: ``python -m benchmarks.backfill``.

The real daemon takes the runs of ``dagster job backfill`` from its queue, each run in a process of its own, over a
folder and an instance as ``dagster.example.yaml`` describes it, with more runs and steps at once. The first days are
asked for twice, so that two runs of one day are there to overlap; meanwhile somebody looks at the tables again and
again. Another folder gets the same days from the assets' own functions, one day after the other in this process, and
the rows of both are compared: what is lost, and what is there twice.

Episodes are short and have their publisher's transcript: what is tried is that runs do not get into each other's way.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import yaml
from rich.console import Console

from benchmarks.queued_runs import EndedQueue, daemon, in_folder, most_at_once, overlaps, queue_days, wait_for_runs
from benchmarks.results import Benchmark, Figure, print_table
from podcast_insights.bundled import bundled_path
from podcast_insights.defs.resources import utc_now
from podcast_insights.settings import Settings, load_settings
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.store import Store
from podcast_insights_tests.crash.a_day import ingest_day, poll, publish_two_episodes
from podcast_insights_tests.integration.podcast_server import PodcastServer
from podcast_insights_tests.integration.tables import Rows, query, timeless_rows

# What ``ingest_job`` makes and the assets' own functions do, too; these leave out the checks.
COMPARED = (
    "shows",
    "feed_items",
    "episodes",
    "chapters",
    "publisher_transcripts",
    "audio_files",
    "transcripts",
    "segments",
    "insights",
    "skipped",
    "llm_calls",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it once and print what was found; end with 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=100, help="how many days, each with two episodes")
    parser.add_argument("--at-once", type=int, default=4, help="how many runs and steps at once")
    parser.add_argument("--twice", type=int, default=10, help="how many of the days are asked for twice")
    parser.add_argument("--folder", type=Path, help="an empty folder for the data, to look at it later")
    given = parser.parse_args(arguments)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="backfill-") as temporary, PodcastServer().running() as server:
        base = given.folder.absolute() if given.folder else Path(temporary)
        last = utc_now().date() - timedelta(days=2)
        days = [last - timedelta(days=number) for number in reversed(range(given.days))]
        feed = publish_two_episodes(server, days=given.days, last=last)
        together, alone = (prepare(base / name, feed, days[0], given.at_once) for name in ("queue", "alone"))
        ask_feeds(together, days)
        with daemon(together):
            queue_days(together, days)
            queue_days(together, days[: given.twice])
            queue = wait_for_runs(
                together,
                given.days + given.twice,
                looks_in=lambda: is_readable(Store(str(together / "data"))),
                tell=lambda line: console.print(line, markup=False),
            )
        make_alone(load_settings(alone / "podcasts.yaml"), days)
        found, expected = (rows_of(Store(str(folder / "data"))) for folder in (together, alone))
        doubled = doubled_keys(Store(str(together / "data")))
    figures = (*figures_of_runs(queue, given.at_once), *figures_of_rows(found, expected, doubled))
    times = (Figure(name="until the last run had ended", value=queue.wall_s, unit="s"),)
    print_table(console, [Benchmark(name=f"{given.days} days, {given.at_once} at once", figures=(*figures, *times))])
    for name, count in sorted((sum(compared(expected, found), Counter())).items()):
        console.print(f"differs: {name}, {count} rows", markup=False)
    for line in queue.lock_errors:
        console.print(line, markup=False)
    raise SystemExit(any(figure.meets_goal is False for figure in figures))


def figures_of_runs(queue: EndedQueue, at_once: int) -> tuple[Figure, ...]:
    """Return what became of the runs, with the goals: none failed, and no two of one day were at work together."""
    return (
        Figure(name="runs", value=len(queue.runs), unit=""),
        Figure(name="runs at once", value=most_at_once(queue.runs), unit="", at_most=at_once),
        Figure(name="runs that failed", value=sum(not run.is_success for run in queue.runs), unit="", at_most=0),
        Figure(name="steps that failed or were tried again", value=queue.step_failures, unit="", at_most=0),
        Figure(name="two runs of one day at once", value=overlaps(queue.runs), unit="", at_most=0),
        Figure(name="messages about a lock", value=len(queue.lock_errors), unit="", at_most=0),
        Figure(name="looks at the tables meanwhile", value=queue.looks, unit=""),
        Figure(name="  of them refused", value=queue.looks_refused, unit="", at_most=0),
    )


def figures_of_rows(found: Mapping[str, Rows], expected: Mapping[str, Rows], doubled: int) -> tuple[Figure, ...]:
    """Return what is in the tables, with the goals: nothing is lost, and nothing is there twice."""
    lost, extra = compared(expected, found)
    return (
        *(Figure(name=f"rows of {name}", value=len(rows), unit="") for name, rows in found.items() if rows),
        Figure(name="rows, together", value=sum(map(len, found.values())), unit=""),
        Figure(name="rows of the days made one after the other", value=sum(map(len, expected.values())), unit=""),
        Figure(name="rows lost", value=lost.total(), unit="", at_most=0),
        Figure(name="rows too many", value=extra.total(), unit="", at_most=0),
        Figure(name="keys that are there twice", value=doubled, unit="", at_most=0),
    )


def compared(expected: Mapping[str, Rows], found: Mapping[str, Rows]) -> tuple[Counter[str], Counter[str]]:
    """Return how many rows of each table are lost, and how many are there that should not be."""
    lost: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    for name, rows in expected.items():
        wanted, there = Counter(map(repr, rows)), Counter(map(repr, found[name]))
        lost[name], extra[name] = (wanted - there).total(), (there - wanted).total()
    return lost, extra


def doubled_keys(store: Store) -> int:
    """Return how many rows have the key of another row of their table."""
    sql = "SELECT count(*) - count(DISTINCT ({key})) FROM {name}"
    counts = [query(store, sql.format(key=", ".join(one.key), name=one.name), one.name) for one in TABLES]
    return sum(int(rows[0][0]) for rows in counts)


def prepare(folder: Path, feed: str, start_date: date, at_once: int) -> Path:
    """Write the settings and the instance's configuration into ``folder``; return it."""
    home = folder / "home"
    home.mkdir(parents=True)
    settings = {
        "shows": [{"url": feed, "transcripts": "publisher"}],
        "feeds": {"allow_hosts": ["127.0.0.1"]},
        "digest": {"start_date": start_date.isoformat()},
        "insights": {"extractor": "embedded"},
    }
    (folder / "podcasts.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    instance = yaml.safe_load(bundled_path("dagster.example.yaml").read_text(encoding="utf-8"))
    instance["concurrency"]["runs"]["max_concurrent_runs"] = at_once
    instance["concurrency"]["pools"]["default_limit"] = at_once
    (home / "dagster.yaml").write_text(yaml.safe_dump(instance), encoding="utf-8")
    return folder


def ask_feeds(folder: Path, days: Sequence[date]) -> None:
    """Have the feeds asked, as docs/operations.md says: by an estimate, which makes nothing."""
    code = "from podcast_insights.cli.app import app; app()"
    span = ("--from", days[0].isoformat(), "--to", days[-1].isoformat())
    in_folder(folder, "-c", code, "backfill", *span, "--estimate")


def make_alone(settings: Settings, days: Sequence[date]) -> None:
    """Make the same days one after the other in this process."""
    now = utc_now()
    poll(settings, now=now)
    for day in days:
        ingest_day(settings, day, now=now)


def rows_of(store: Store) -> Mapping[str, Rows]:
    """Return the rows that are compared, by their table."""
    rows = timeless_rows(store)
    return {name: rows[name] for name in COMPARED}


def is_readable(store: Store) -> bool:
    """Whether somebody who looks at the tables now gets an answer."""
    try:
        query(store, "SELECT count(*) FROM transcripts, insights, episodes", "transcripts", "insights", "episodes")
    except Exception:  # whatever it is, the onlooker was refused
        return False
    return True


if __name__ == "__main__":
    main()
