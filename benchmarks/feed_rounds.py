"""What ``benchmarks.feeds`` measures, each in a process of its own; each prints its figures as JSON.

``poll FOLDER URL COUNT`` polls that many feeds once, as the asset ``feeds`` does; ``parse FILE`` reads one feed with
feedparser alone and with ours, in turns. Imports are not counted: a first small round loads everything.
"""

import io
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import feedparser

from podcast_insights.defs.assets.feeds import poll_and_record
from podcast_insights.feeds.parse import parse_feed
from podcast_insights.settings import FeedSettings, Settings, ShowSettings
from podcast_insights.storage.store import Store
from podcast_insights.web.client import WebClient

ROUNDS = 3
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def poll(folder: Path, base_url: str, count: int) -> dict[str, float]:
    """Poll ``count`` feeds, and return the CPU seconds and the bytes that it took."""
    _poll(folder / "warm-up", base_url, 1)
    started_s = time.process_time()
    body_bytes = _poll(folder / "data", base_url, count)
    return {"cpu_s": time.process_time() - started_s, "body_bytes": body_bytes}


def _poll(folder: Path, base_url: str, count: int) -> int:
    shows = tuple(ShowSettings(url=f"{base_url}/{number}") for number in range(count))
    settings = Settings(shows=shows, feeds=FeedSettings(allow_hosts=("127.0.0.1",)))
    web = WebClient("podcast-insights-benchmarks", settings.feeds.allow_hosts)
    report = poll_and_record(settings, Store(str(folder)), web, lambda: datetime.now(UTC), only_due=False)
    failed = [found for found in report.polls if found.error]
    if failed or len(report.polls) != count:
        raise SystemExit(f"{len(failed)} of {len(report.polls)} polls failed: {failed[:1]}")
    return sum(found.body_bytes for found in report.polls)


def parse(path: Path) -> dict[str, float]:
    """Return the CPU seconds of reading a feed with feedparser alone, and with ours."""
    body = path.read_bytes()
    alone_s: list[float] = []
    ours_s: list[float] = []
    for _ in range(ROUNDS):
        started_s = time.process_time()
        feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
        between_s = time.process_time()
        parse_feed(body, feed_url="https://example.com/feed", content_type=None, now=NOW)
        alone_s.append(between_s - started_s)
        ours_s.append(time.process_time() - between_s)
    return {"feedparser_s": median(alone_s), "ours_s": median(ours_s), "bytes": len(body)}


def main() -> None:
    """Do what the arguments say."""
    command, path, *rest = sys.argv[1:]
    found = parse(Path(path)) if command == "parse" else poll(Path(path), rest[0], int(rest[1]))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
