"""What polling costs: a thousand feeds read for the first time and asked again, and one very long feed.

The server runs in this process and the polls in processes of their own, so only the polls count. The second round is
answered 304 throughout, as most polls are. The long feed is compared with feedparser alone, given the same settings,
so that the ratio says what is ours.
"""

import json
import tempfile
from pathlib import Path

from benchmarks.feed_server import FeedServer, feed_body
from benchmarks.processes import Usage, measure
from benchmarks.results import Benchmark, Figure

FEEDS = 1000
FEW_FEEDS = 100
ITEMS = 100
LONG_FEED_ITEMS = 2500
LONG_FEED_NOTES_CHARS = 1500
MOST_OF_FIRST_POLL_RATIO = 1 / 20
MOST_OF_FEEDPARSER_RATIO = 1.5
# Peak memory with ten times as many feeds, over that with few.
MOST_MEMORY_RATIO = 1.2

_ROOT = Path(__file__).parent.parent


def feeds(count: int = FEEDS, few: int = FEW_FEEDS) -> Benchmark:
    """Measure two rounds of polls, and the reading of a long feed."""
    with tempfile.TemporaryDirectory() as temporary, FeedServer(items=ITEMS).running() as server:
        folder = Path(temporary)
        baseline, _ = _round(folder / "few", server.url, few)
        usage, first = _round(folder / "many", server.url, count)
        _, second = _round(folder / "many", server.url, count)
        long = folder / "long.xml"
        long.write_bytes(feed_body(0, items=LONG_FEED_ITEMS, notes_chars=LONG_FEED_NOTES_CHARS))
        parsing = _told(measure(["-m", "benchmarks.feed_rounds", "parse", str(long)], folder=_ROOT, environment={}))
    ratio = usage.peak_bytes / baseline.peak_bytes
    return Benchmark(
        name="feeds",
        figures=(
            Figure(name="feeds", value=count, unit=""),
            Figure(name="CPU of the first poll", value=first["cpu_s"], unit="s"),
            Figure(name="CPU of the second poll, all 304", value=second["cpu_s"], unit="s"),
            Figure(
                name="second poll over the first",
                value=second["cpu_s"] / first["cpu_s"],
                unit="share",
                at_most=MOST_OF_FIRST_POLL_RATIO,
            ),
            Figure(name="received in the first poll", value=first["body_bytes"] / 1e6, unit="MB"),
            Figure(name="received in the second poll", value=second["body_bytes"] / 1e6, unit="MB"),
            Figure(name="peak memory of the first poll", value=usage.peak_bytes / 1e6, unit="MB"),
            Figure(name=f"peak memory over that of {few} feeds", value=ratio, unit="", at_most=MOST_MEMORY_RATIO),
            Figure(name="CPU of feedparser alone on a long feed", value=parsing["feedparser_s"], unit="s"),
            Figure(name="CPU of reading that feed", value=parsing["ours_s"], unit="s"),
            Figure(
                name="reading over feedparser alone",
                value=parsing["ours_s"] / parsing["feedparser_s"],
                unit="",
                at_most=MOST_OF_FEEDPARSER_RATIO,
            ),
        ),
        details={"first": first, "second": second, "long_feed_bytes": parsing["bytes"]},
    )


def _round(folder: Path, base_url: str, count: int) -> tuple[Usage, dict[str, float]]:
    """Poll ``count`` feeds in a process of its own, with what an earlier round left in ``folder``."""
    command = ["-m", "benchmarks.feed_rounds", "poll", str(folder), base_url, str(count)]
    usage = measure(command, folder=_ROOT, environment={})
    return usage, _told(usage)


def _told(usage: Usage) -> dict[str, float]:
    found: dict[str, float] = json.loads(usage.output.splitlines()[-1])
    return found
