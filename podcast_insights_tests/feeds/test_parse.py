"""Feed bodies and what is read in them."""

import json
from datetime import UTC, datetime

import pytest

from podcast_insights.errors import FeedError
from podcast_insights.feeds.parse import MAX_ITEMS, UNTITLED, parse_feed
from podcast_insights.feeds.titles import plain_text
from podcast_insights.feeds.values import Enclosure, ParsedFeed
from podcast_insights_tests.feeds.fakes import NOW

FEED_URL = "https://example.com/shows/feed.xml"


def parsed(body: bytes | str, content_type: str | None = None) -> ParsedFeed:
    body = body.encode() if isinstance(body, str) else body
    return parse_feed(body, feed_url=FEED_URL, content_type=content_type, now=NOW)


def channel(inside: str, version: str = "2.0") -> str:
    return f"""<rss version="{version}" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
      xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
      <channel><title>Show</title>{inside}</channel></rss>"""


def test_reads_every_field_of_an_item() -> None:
    feed = parsed(
        channel("""<language>en_us</language><link>/about</link><item>
          <title>Ep &amp;amp; &lt;b&gt;bold&lt;/b&gt;</title><guid isPermaLink="false"> g1 </guid><link>/e/1</link>
          <pubDate>Mon, 18 Nov 2024 06:00:00 +0100</pubDate><itunes:duration>1:02:03</itunes:duration>
          <description>short</description><content:encoded>&lt;p onclick="x()"&gt;long notes&lt;/p&gt;</content:encoded>
          <enclosure url="a.mp3?t=1" type="audio/mpeg; x=y" length="123"/></item>""")
    )
    assert (feed.title, feed.language, feed.page_url) == ("Show", "en-us", "https://example.com/about")
    (item,) = feed.items
    assert (item.guid, item.title, item.page_url) == ("g1", "Ep & bold", "https://example.com/e/1")
    assert item.published_at == datetime(2024, 11, 18, 5, tzinfo=UTC)
    assert item.duration_s == 3723.0
    assert item.show_notes == '<p onclick="x()">long notes</p>'
    assert item.enclosure == Enclosure(
        url="https://example.com/shows/a.mp3?t=1", media_type="audio/mpeg", length_bytes=123
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Fire &#55357;&#56613; now", "Fire \U0001f525 now"),
        ("Fire &#xD83D;&#xdd25;&#55357;&#56613; now", "Fire \U0001f525\U0001f525 now"),
        ("Half &#xD83D; of one", "Half \ufffd of one"),
        ("&#55000;&#57344;&#1114111;&#x0010ffff;", "\ud6d8\ue000\U0010ffff\U0010ffff"),
        ("&#1114112;&#x110000;&#99999999999999999999; b", "\ufffd\ufffd\ufffd b"),
    ],
)
def test_a_reference_to_no_character_does_not_cost_the_feed(written: str, title: str) -> None:
    (item,) = parsed(channel(f"<item><guid>g</guid><title>{written}</title></item>")).items
    assert item.title == title


def test_a_bad_date_is_kept_as_written() -> None:
    (item,) = parsed(channel("<item><guid>g</guid><pubDate>2024-13-45T99:99:99Z</pubDate></item>")).items
    assert (item.published_at, item.raw_date) == (None, "2024-13-45T99:99:99Z")


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ('<enclosure url="a.mp4" type="video/mp4"/><enclosure url="b.mp3" type="audio/mpeg"/>', "b.mp3"),
        ('<enclosure url="a.mp4" type="video/mp4"/><enclosure url="b.mp3"/>', "b.mp3"),
        ('<enclosure url="a.jpg" type="image/jpeg"/><enclosure url="b.mp4" type="video/mp4"/>', "b.mp4"),
        ('<enclosure url="play?id=1" type="application/octet-stream"/>', "play?id=1"),
        ('<enclosure url="a.mp3" type="text/html"/>', "a.mp3"),
        ('<enclosure type="audio/mpeg"/><enclosure url="" type="audio/mpeg"/>', None),
        ('<enclosure url="file:///etc/passwd" type="audio/mpeg"/>', None),
        ('<enclosure url="cover.jpg" type="image/jpeg"/>', None),
        ('<media:content url="m.mp3" type="audio/mpeg"/>', "m.mp3"),
        ('<media:content url="m.jpg" medium="image"/>', None),
        ("", None),
    ],
)
def test_chooses_the_enclosure(inside: str, url: str | None) -> None:
    (item,) = parsed(channel(f"<item><guid>g</guid>{inside}</item>")).items
    assert (item.enclosure.url if item.enclosure else None) == (url and f"https://example.com/shows/{url}")


def test_an_item_without_anything_to_know_it_by_is_dropped_with_its_reason() -> None:
    feed = parsed(channel("<item><description>?</description></item><item><title>kept</title></item>"))
    assert [item.title for item in feed.items] == ["kept"]
    assert [(dropped.position, "no title" in dropped.reason) for dropped in feed.dropped] == [(0, True)]


@pytest.mark.parametrize(
    "ends_with", ["<guid>https://example.com/e", "<title>Se", "</guid>", "<enclosure url='https://ex"]
)
@pytest.mark.parametrize("tag", ["item", "entry"])
def test_a_feed_that_breaks_off_gives_no_half_of_an_item(tag: str, ends_with: str) -> None:
    whole = channel(
        "".join(
            f"<{tag}><title>Second {n}</title><guid>https://example.com/e/{n}</guid>"
            f"<enclosure url='https://example.com/{n}.mp3' type='audio/mpeg'/></{tag}>"
            for n in (1, 2)
        )
    )
    feed = parsed(whole[: whole.rindex(ends_with) + len(ends_with)])

    assert [item.guid for item in feed.items] == ["https://example.com/e/1"]
    assert [drop.reason for drop in feed.dropped] in ([], ["the feed breaks off in the middle of it"])
    assert len(parsed(whole).items) == 2


def test_an_item_without_a_title_is_untitled() -> None:
    assert parsed(channel("<item><guid>g</guid></item>")).items[0].title == UNTITLED


def test_reads_at_most_so_many_items() -> None:
    feed = parsed(channel("".join(f"<item><guid>{number}</guid></item>" for number in range(MAX_ITEMS + 2))))
    assert len(feed.items) == MAX_ITEMS
    assert f"{MAX_ITEMS + 2} items" in feed.dropped[0].reason


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("<b>Bold</b> <!-- no -->title", "Bold title"),
        ("a < b and c > d", "a < b and c > d"),
        ("two\n lines\x00", "two lines"),
        ("x" * 10_000, "x" * 500),
        (None, ""),
    ],
)
def test_titles_are_plain_text(written: str | None, expected: str) -> None:
    assert plain_text(written) == expected


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><entry><id>urn:1</id><title>One</title>
  <updated>2024-11-01T00:00:00Z</updated><link href="/one"/>
  <link rel="enclosure" href="one.mp3" type="audio/mpeg"/></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.com"><title>RDF</title></channel>
  <item rdf:about="https://example.com/one"><title>One</title><link>https://example.com/one</link>
  <dc:date>2024-11-01</dc:date></item></rdf:RDF>"""


@pytest.mark.parametrize(
    "body",
    [
        ATOM,
        RDF,
        channel("<item><title>One</title><pubDate>1 Nov 2024 00:00 GMT</pubDate></item>", version="0.91"),
        "\n\n  <?xml version='1.0'?>" + channel("<item><title>One</title><pubDate>2024-11-01</pubDate></item>"),
        channel("<item><title>One &nbsp;</title>A & B<pubDate>2024-11-01</pubDate></item>"),
        channel("<item><title>One</title><pubDate>2024-11-01</pubDate></item>")[:-10],
    ],
    ids=["atom", "rdf", "rss 0.91", "space before the declaration", "undefined entity", "truncated"],
)
def test_reads_every_kind_of_feed(body: str) -> None:
    (item,) = parsed(body).items
    assert item.title == "One"
    assert item.published_at == datetime(2024, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("content_type", ["application/xml; charset=windows-1252", "text/xml; charset=us-ascii"])
def test_letters_in_utf_8_are_read_as_such_whatever_the_server_says(content_type: str) -> None:
    body = channel("<item><title>Café – Übermut 🎧</title></item>").encode()
    assert parsed(body, content_type).items[0].title == "Café – Übermut 🎧"


@pytest.mark.parametrize("content_type", [None, "application/rss+xml; charset=utf-8", "text/xml"])
def test_a_letter_that_was_cut_in_two_costs_no_other(content_type: str | None) -> None:
    # As where a host cut the notes off after so many bytes.
    notes = "Ärger – für späte Käufer, Bäcker, Köche, Größen, \ufffd"
    item = f"<item><title>Über Größe</title><description>{notes}</description></item>"
    feed = parsed(channel(item).encode().replace("\ufffd".encode(), b"\xe2\x80"), content_type)
    assert (feed.items[0].title, feed.items[0].show_notes) == ("Über Größe", notes)


def test_a_document_in_utf_8_that_says_another_encoding_is_read_as_utf_8_throughout() -> None:
    person = '<podcast:person xmlns:podcast="https://podcastindex.org/namespace/1.0">Zoë</podcast:person>'
    body = f'<?xml version="1.0" encoding="ISO-8859-1"?>{channel(f"<item><title>Café</title>{person}</item>")}'
    (item,) = parsed(body.encode()).items
    assert item.title == "Café"
    assert [one.name for one in item.persons] == ["Zoë"]


def test_the_content_type_may_name_the_encoding() -> None:
    body = channel("<item><title>Café</title></item>").encode("iso-8859-1")
    assert parsed(body, "application/rss+xml; charset=iso-8859-1").items[0].title == "Café"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html></html>", "web page"),
        (b"<html><body>403 Forbidden</body></html>", "web page"),
        (json.dumps({"version": "https://jsonfeed.org/version/1"}).encode(), "JSON"),
        (b"[]", "JSON"),
        (b"/etc/passwd", "not RSS or Atom"),
        (b"https://example.com/feed", "not RSS or Atom"),
        (b"<?xml version='1.0'?><opml/>", "not RSS or Atom"),
        (b"\x00\xff" * 500, "not RSS or Atom"),
        (b"<rss><channel>" + b"<a>" * 5000, "nested too deeply"),
        (b"<rss><channel><item><description>" + b"x" * 11_000_000 + b"</description>", "longer than 10 MB"),
        (b"<rss><channel><item>" + b"<a " * 1_000_000, "more than 1000000 tags"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:20]),
)
def test_refuses_what_is_not_a_feed(body: bytes, message: str) -> None:
    with pytest.raises(FeedError, match=message) as raised:
        parsed(body)
    assert FEED_URL in str(raised.value)
