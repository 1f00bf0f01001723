"""Real feeds and bad ones that nobody here wrote: every one gives its episodes, or a reason."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from podcast_insights.errors import FeedError
from podcast_insights.feeds.identity import match_items
from podcast_insights.feeds.parse import parse_feed
from podcast_insights.feeds.values import ParsedFeed
from podcast_insights_tests.feeds.fakes import NOW
from podcast_insights_tests.feeds.limited import MOST_BYTES
from podcast_insights_tests.feeds.podcastparser import DIFFERENCES, FEED_URL, expected_episodes, facts_of

DATA = Path(os.environ.get("PODCAST_INSIGHTS_REAL_DATA") or "unset")
HAS_DATA = bool(os.environ.get("PODCAST_INSIGHTS_REAL_DATA"))
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not HAS_DATA, reason="PODCAST_INSIGHTS_REAL_DATA is not set"),
]

BAD_SUFFIXES = (".xml", ".rss", ".atom", ".json", ".xsl", ".xsd", "")
# The namespace's list of tags, in a wrapper for its schema.
NOT_FEEDS = {"podcast-example.xml"}


def files(folder: str, *suffixes: str) -> list[Path]:
    return (
        sorted(path for path in (DATA / folder).rglob("*") if path.is_file() and path.suffix in suffixes)
        if HAS_DATA
        else []
    )


def parsed(path: Path) -> ParsedFeed:
    return parse_feed(path.read_bytes(), feed_url="https://example.com/feed", content_type=None, now=NOW)


@pytest.mark.parametrize("path", files("feeds/podcastparser", ".rss"), ids=lambda path: path.stem)
def test_podcastparsers_feeds_give_its_episodes_but_for_reasons(path: Path) -> None:
    expected = expected_episodes(path)
    feed = parse_feed(path.read_bytes(), feed_url=FEED_URL, content_type=None, now=NOW)
    ours = [facts_of(item) for item in feed.items]
    differing = {name for one, other in zip(ours, expected, strict=False) for name in one if one[name] != other[name]}
    if len(feed.items) + len(feed.dropped) != len(expected):
        differing = {"count"}
    fields, reason = DIFFERENCES.get(path.stem, (set(), "none"))
    assert differing == fields, reason


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits are set in forked processes")
def test_every_bad_feed_ends_within_ten_seconds_and_300_mb() -> None:
    paths = [str(path) for path in files("bad_feeds", *BAD_SUFFIXES)]
    command = [sys.executable, "-m", "podcast_insights_tests.feeds.limited", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["file"] for each in found] == paths
    assert [each for each in found if each["status"] or each["peak_bytes"] > MOST_BYTES] == [], done.stderr


@pytest.mark.parametrize("path", files("feeds", ".xml", ".rss", ".atom"), ids=lambda path: path.name)
def test_real_feeds_are_read(path: Path) -> None:
    if path.name in NOT_FEEDS:
        with pytest.raises(FeedError):
            parsed(path)
        return
    feed = parsed(path)
    ids = [match.episode_id for match in match_items((), feed.items, "show")]
    assert len(set(ids)) == len(ids)
    assert len(ids) <= len(feed.items)


def test_a_long_feed_is_read_whole() -> None:
    feed = parsed(DATA / "feeds/rss-parser/giantbomb-podcast.rss")
    assert len(feed.items) == 730
    assert feed.dropped == ()
    assert all(item.enclosure and item.published_at for item in feed.items)
    assert sum(item.duration_s is None for item in feed.items) == 34, "those whose duration is written as 0"


def test_the_namespaces_own_example_has_its_transcripts() -> None:
    feed = parsed(DATA / "feeds/podcast-namespace/example.xml")
    assert sum(len(item.transcript_links) for item in feed.items) > 1
    assert feed.podcast_guid is None, "the example's guid is no UUID"


@pytest.mark.parametrize(
    "path",
    files("bad_feeds", *BAD_SUFFIXES),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_bad_feeds_end_in_a_feed_or_a_reason(path: Path) -> None:
    read: ParsedFeed | FeedError
    try:
        read = parsed(path)
    except FeedError as error:
        read = error
    if isinstance(read, ParsedFeed):
        assert "<" not in "".join(item.title for item in read.items)
        assert "root:" not in repr(read)
    else:
        assert "https://example.com/feed" in str(read)
