"""Ten thousand damaged feeds, dates and durations, the same ones each time: none crashes, and all stays bounded."""

import random
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from podcast_insights.errors import FeedError
from podcast_insights.feeds.chapters import parse_chapters
from podcast_insights.feeds.decide import merge_feed
from podcast_insights.feeds.parse import parse_feed
from podcast_insights.feeds.times import EARLIEST, LATEST_AHEAD, LONGEST_DURATION_S, offset_s, plausible_date
from podcast_insights.feeds.values import ParsedFeed
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW, rss, show

SEED = 20241120
UTC_ZONE = ZoneInfo("UTC")
FEEDS, TEXTS = 2000, 2500

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><updated>2024-11-01T00:00:00Z</updated>
<link rel="next" href="/2"/><entry><id>urn:1</id><title>One</title><updated>2024-11-01T00:00:00Z</updated>
<link rel="enclosure" href="one.mp3" type="audio/mpeg"/>
<content type="html">&lt;b&gt;x&lt;/b&gt;</content></entry></feed>"""
TAGGED = rss(1, channel="<podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>").replace(
    b"</item>",
    b"""<itunes:duration>1:02:03</itunes:duration><itunes:season>1</itunes:season><podcast:transcript url="t.vtt"/>
    <podcast:person role="guest" href="/a">Ann</podcast:person><podcast:soundbite startTime="1" duration="2"/>
    <psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter start="0" title="x"/></psc:chapters>
    </item>""",
)
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://example.com"><title>R</title></channel><item rdf:about="https://example.com/one">
<title>One</title><link>https://example.com/one</link></item></rdf:RDF>"""
PIECES = (b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"\x00", b"\xff\xfe", b"&#0;", b"&#xD800;", b"</item>", b'"')


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Change, cut, double or insert a few bytes."""
    mutated = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(mutated) + 1)
        until = min(len(mutated), at + chance.randint(1, 40))
        kind = chance.randrange(5)
        if kind == 0:
            mutated[at:until] = b""
        elif kind == 1:
            mutated[at:at] = mutated[at:until]
        elif kind == 2:
            mutated[at:at] = chance.choice(PIECES)
        elif kind == 3:
            mutated[at : at + 1] = bytes([chance.randrange(256)])
        else:
            mutated[at:until] = chance.randbytes(until - at)
    return bytes(mutated)


def assert_bounded(feed: ParsedFeed) -> None:
    for item in feed.items:
        assert len(item.title) <= 500
        assert item.published_at is None or EARLIEST <= item.published_at <= NOW + LATEST_AHEAD
        assert item.duration_s is None or 0 < item.duration_s <= LONGEST_DURATION_S
        urls = [item.page_url, item.chapters_url, item.enclosure and item.enclosure.url]
        urls += [link.url for link in item.transcript_links] + [person.href for person in item.persons]
        assert all(url.startswith(("http://", "https://")) for url in urls if url)


@pytest.mark.parametrize("body", [TAGGED, ATOM], ids=["rss", "atom"])
def test_damaged_feeds_give_episodes_or_a_reason(body: bytes) -> None:
    chance = random.Random(SEED)
    settings = ShowSettings(url="https://example.com/feed")
    read = 0
    for _ in range(FEEDS // 2):
        try:
            feed = parse_feed(damaged(body, chance), feed_url=settings.url, content_type=None, now=NOW)
        except FeedError:
            continue
        assert_bounded(feed)
        change = merge_feed(show(), (), feed, settings=settings, timezone=UTC_ZONE, now=NOW)
        again = merge_feed(change.show, change.episodes, feed, settings=settings, timezone=UTC_ZONE, now=NOW)
        assert not again.has_changed
        read += 1
    assert read > FEEDS // 8


def test_damaged_rdf_gives_episodes_or_a_reason() -> None:
    chance = random.Random(SEED)
    for _ in range(TEXTS):
        try:
            feed = parse_feed(damaged(RDF, chance), feed_url="https://example.com/feed", content_type=None, now=NOW)
        except FeedError:
            continue
        assert_bounded(feed)


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (lambda text: plausible_date(text, None, now=NOW), b"Wed, 20 Nov 2024 12:00:00 +0100"),
        (lambda text: plausible_date(text, None, now=NOW), b"2024-11-20T12:00:00.123+01:00"),
        (offset_s, b"01:02:03.400"),
        (offset_s, b"PT1H2M3.5S"),
    ],
    ids=["rfc 822", "iso 8601", "clock", "iso duration"],
)
def test_damaged_dates_and_durations_are_in_range_or_none(read: Callable[[str], object], written: bytes) -> None:
    chance = random.Random(SEED)
    for _ in range(TEXTS // 2):
        found = read(damaged(written, chance).decode("utf-8", errors="replace"))
        if isinstance(found, datetime):
            assert EARLIEST <= found <= NOW + LATEST_AHEAD
        elif found is not None:
            assert isinstance(found, float)
            assert 0 <= found <= LONGEST_DURATION_S


def test_damaged_chapters_give_chapters_or_a_reason() -> None:
    chance = random.Random(SEED)
    body = b'{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "A"}, {"startTime": 9.5, "title": "B"}]}'
    found = set()
    for _ in range(TEXTS):
        try:
            found.add(len(parse_chapters(damaged(body, chance))))
        except FeedError:
            found.add(-1)
    assert {-1, 2} <= found
