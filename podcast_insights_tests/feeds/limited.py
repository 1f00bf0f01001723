"""Reads feeds one by one, each in a process of its own with limits on time and memory, and prints what became of it.

``python -m podcast_insights_tests.feeds.limited FILE ...``; a line of JSON for each file. What is imported counts too.
"""

import json
import os
import resource
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import feedparser
from lxml import etree

from podcast_insights.errors import FeedError
from podcast_insights.feeds.parse import parse_feed

LONGEST_S = 10
MOST_BYTES = 300 * 1024 * 1024
NOW = datetime(2024, 11, 20, 12, 0, tzinfo=UTC)
LOADED = (feedparser, etree)


def read(path: Path) -> None:
    """Read a feed; what is none is as good as one."""
    # Processor time; the test's own limit is on the time of the clock.
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_S, LONGEST_S))
    try:
        parse_feed(path.read_bytes(), feed_url="https://example.com/feed", content_type=None, now=NOW)
    except FeedError:
        return


def main() -> None:
    """Read the files that the arguments name."""
    for name in sys.argv[1:]:
        child = os.fork()
        if child == 0:
            try:
                read(Path(name))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status, used = os.wait4(child, 0)
        peak_bytes = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        cpu_s = used.ru_utime + used.ru_stime
        print(json.dumps({"file": name, "status": status, "cpu_s": cpu_s, "peak_bytes": peak_bytes}))


if __name__ == "__main__":
    main()
