"""The tags that feedparser loses, and XML that attacks its reader."""

from pathlib import Path

import pytest

from podcast_insights.errors import FeedError
from podcast_insights.feeds.parse import parse_feed
from podcast_insights.feeds.podcast_tags import read_podcast_tags
from podcast_insights.feeds.values import TranscriptLink
from podcast_insights_tests.feeds.fakes import NOW, rss

NAMESPACE = "https://podcastindex.org/namespace/1.0"


def body(inside: str, namespace: str = NAMESPACE, prefix: str = "podcast") -> bytes:
    return f'<rss version="2.0" xmlns:{prefix}="{namespace}"><channel>{inside}</channel></rss>'.encode()


def test_reads_all_transcripts_of_an_item_in_order() -> None:
    tags = read_podcast_tags(
        body("""<item><guid>a</guid>
          <podcast:transcript url="a.srt" type="application/srt"/>
          <podcast:transcript url=" a.vtt " type="Text/VTT" language="es" rel="captions"/>
          <podcast:transcript type="text/html"/></item><item><guid>b</guid></item>""")
    )
    assert tuple(item.transcript_links for item in tags.of_items(["a", "b"])) == (
        (
            TranscriptLink(url="a.srt", media_type="application/srt"),
            TranscriptLink(url="a.vtt", media_type="text/vtt", language="es"),
        ),
        (),
    )


@pytest.mark.parametrize(
    "namespace",
    [
        "https://podcastindex.org/namespace/1.0",
        "http://podcastindex.org/namespace/1.0",
        "https://PodcastIndex.org/namespace/1.0/",
        "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    ],
)
@pytest.mark.parametrize("prefix", ["podcast", "pc"])
def test_knows_the_namespace_by_its_spellings(namespace: str, prefix: str) -> None:
    guid = f"<{prefix}:guid>917393E3-1B1E-5CEF-ACE4-EDAA54E1F810</{prefix}:guid>"
    inside = f'{guid}<item><{prefix}:transcript url="t"/></item>'
    tags = read_podcast_tags(body(inside, namespace, prefix))
    assert tags.podcast_guid == "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    assert tags.items[0].transcript_links == (TranscriptLink(url="t"),)


def test_another_namespace_is_not_the_podcast_namespace() -> None:
    assert (
        read_podcast_tags(body('<item><podcast:transcript url="t"/></item>', "https://example.com/"))
        .items[0]
        .transcript_links
        == ()
    )


def test_an_undeclared_prefix_is_understood() -> None:
    tags = read_podcast_tags(b'<rss><channel><item><podcast:transcript url="t"/></item></channel></rss>')
    assert tags.items[0].transcript_links == (TranscriptLink(url="t"),)


@pytest.mark.parametrize("guid", ["", "undefined", "../../etc/passwd"])
def test_a_podcast_guid_must_be_a_uuid(guid: str) -> None:
    assert read_podcast_tags(body(f"<podcast:guid>{guid}</podcast:guid>")).podcast_guid is None


def test_joins_by_guid_where_the_counts_differ() -> None:
    tags = read_podcast_tags(
        body('<item><guid>a</guid><podcast:transcript url="t"/></item><item><guid>b</guid></item>')
    )
    found = [item.transcript_links for item in tags.of_items(["x", "a", None])]
    assert found == [(), (TranscriptLink(url="t"),), ()]


@pytest.mark.parametrize(
    ("item", "guid"),
    [("<guid>a</guid><id>b</id>", "a"), ("<id>b</id><title/><guid>a</guid>", "b"), ("<guid/><id>b</id>", None)],
)
def test_an_item_is_known_by_the_first_guid_or_id_that_it_has(item: str, guid: str | None) -> None:
    assert read_podcast_tags(body(f"<item>{item}</item>")).items[0].guid == guid


def test_parsed_items_carry_absolute_transcript_addresses() -> None:
    inside = '<title>S</title><item><title>a</title><podcast:transcript url="/t.vtt" type="text/vtt"/></item>'
    inside += '<item><title>b</title><podcast:transcript url="javascript:alert(1)"/></item>'
    feed = parse_feed(body(inside), feed_url="https://example.com/feed", content_type=None, now=NOW)
    assert [item.transcript_links for item in feed.items] == [
        (TranscriptLink(url="https://example.com/t.vtt", media_type="text/vtt"),),
        (),
    ]


def test_the_author_is_the_one_for_readers_wherever_it_stands() -> None:
    channel = "<author>me@example.com</author><itunes:author>Ada</itunes:author>"
    assert read_podcast_tags(rss(1, channel=channel)).author == "Ada"


def test_reads_where_the_feed_moved() -> None:
    channel = "<itunes:new-feed-url>https://new.example.com/feed</itunes:new-feed-url>"
    assert read_podcast_tags(rss(1, channel=channel)).new_feed_url == "https://new.example.com/feed"


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    attack = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>
      <rss version="2.0"><channel><title>&x;</title><item><title>&x;</title><guid>&x;</guid></item></channel></rss>"""
    feed = parse_feed(attack.encode(), feed_url="https://example.com/feed", content_type=None, now=NOW)
    assert "hunter2" not in repr(feed)
    assert "hunter2" not in repr(read_podcast_tags(attack.encode()))


def test_entity_bombs_are_harmless() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>
      <rss version="2.0"><channel><title>&l9;</title><item><title>&l9;</title></item></channel></rss>"""
    try:
        feed = parse_feed(bomb.encode(), feed_url="https://example.com/feed", content_type=None, now=NOW)
    except FeedError:
        return
    assert len(repr(feed)) < 10_000
