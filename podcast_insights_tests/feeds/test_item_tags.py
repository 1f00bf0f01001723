"""What items say beyond what feedparser keeps: chapters, people, soundbites, numbers."""

import pytest

from podcast_insights.feeds.item_tags import MAX_PERSONS, ItemTags
from podcast_insights.feeds.parse import parse_feed
from podcast_insights.feeds.podcast_tags import PodcastTags, read_podcast_tags
from podcast_insights.feeds.values import Chapter, ParsedItem, Person, Soundbite
from podcast_insights_tests.feeds.fakes import NOW

HEAD = """<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:psc="http://podlove.org/simple-chapters" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>"""


def tags_of(item: str, channel: str = "") -> ItemTags:
    tags: PodcastTags = read_podcast_tags(f"{HEAD}{channel}<item><guid>g</guid>{item}</item></channel></rss>".encode())
    return tags.items[0]


def parsed(item: str) -> ParsedItem:
    body = f"{HEAD}<title>S</title><item><guid>g</guid>{item}</item></channel></rss>"
    return parse_feed(body.encode(), feed_url="https://example.com/feed", content_type=None, now=NOW).items[0]


def test_chapters_that_stand_in_the_item() -> None:
    written = """<psc:chapters version="1.2"><psc:chapter start="01:02:03.400" title="Three"/>
      <psc:chapter start="0" title=" One "/><psc:chapter start="01:02" title="Two &lt;i&gt;"/>
      <psc:chapter start="soon" title="Never"/><psc:chapter start="5"/></psc:chapters>"""
    assert tags_of(written).chapters == (
        Chapter(start_s=0.0, title="One"),
        Chapter(start_s=62.0, title="Two"),
        Chapter(start_s=3723.4, title="Three"),
    )


def test_the_file_of_chapters() -> None:
    item = parsed('<podcast:chapters url="/c.json" type="application/json+chapters"/>')
    assert (item.chapters_url, item.chapters) == ("https://example.com/c.json", ())
    assert parsed('<podcast:chapters url="file:///etc/passwd"/>').chapters_url is None


def test_people_of_the_item_count_before_those_of_the_show() -> None:
    show = "<podcast:person>Ann</podcast:person>"
    guest = '<podcast:person role="Guest" href="https://example.com/ben">Ben <b/></podcast:person>'
    assert tags_of("", show).persons == (Person(name="Ann", role="host"),)
    assert tags_of(guest, show).persons == (Person(name="Ben", role="guest", href="https://example.com/ben"),)
    assert tags_of(guest + guest).persons == tags_of(guest).persons


def test_people_are_bounded_and_their_addresses_are_of_the_web() -> None:
    assert len(tags_of("".join(f"<podcast:person>{n}</podcast:person>" for n in range(90))).persons) == MAX_PERSONS
    (person,) = parsed(f'<podcast:person href="javascript:x()">{"x" * 900}</podcast:person>').persons
    assert (len(person.name), person.href) == (200, None)
    assert tags_of("<podcast:person> </podcast:person>").persons == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('startTime="73.0" duration="60.5">Why', (Soundbite(start_s=73.0, duration_s=60.5, title="Why"),)),
        ('startTime="0" duration="9">', (Soundbite(start_s=0.0, duration_s=9.0),)),
        ('startTime="-1" duration="9">', ()),
        ('startTime="1" duration="0">', ()),
        ('startTime="1">', ()),
        ('startTime="nan" duration="inf">', ()),
    ],
)
def test_soundbites(written: str, expected: tuple[Soundbite, ...]) -> None:
    assert tags_of(f"<podcast:soundbite {written}</podcast:soundbite>").soundbites == expected


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("<itunes:season>2</itunes:season><itunes:episode>14</itunes:episode>", (2, 14)),
        ('<podcast:season name="x">3</podcast:season><podcast:episode display="Ch.1">7</podcast:episode>', (3, 7)),
        ("<podcast:episode>3.5</podcast:episode><itunes:episode>4</itunes:episode>", (None, 4)),
        ("<itunes:season>0</itunes:season><itunes:episode>-1</itunes:episode>", (None, None)),
        ("<itunes:season>two</itunes:season><itunes:episode>99999999999</itunes:episode>", (None, None)),
        ("<itunes:season>²</itunes:season>", (None, None)),
        ("", (None, None)),
    ],
)
def test_season_and_episode_are_whole_numbers(written: str, numbers: tuple[int | None, int | None]) -> None:
    tags = tags_of(written)
    assert (tags.season, tags.episode_number) == numbers


@pytest.mark.parametrize(("written", "expected"), [("Full", "full"), ("bonus", "bonus"), ("banana", None), ("", None)])
def test_the_type_of_an_episode(written: str, expected: str | None) -> None:
    assert tags_of(f"<itunes:episodeType>{written}</itunes:episodeType>").episode_type == expected


def test_the_author_of_a_show() -> None:
    body = f"{HEAD}<itunes:author> Ann &amp;amp; Ben </itunes:author></channel></rss>"
    assert read_podcast_tags(body.encode()).author == "Ann & Ben"


def test_half_a_surrogate_pair_in_what_was_cut_off_is_left_out() -> None:
    """lxml recovers such an attribute, and raises where somebody asks for it."""
    body = b"""<rss><channel><item><guid>g</guid><podcast:transcript url="t.vtt"/></item>
      <item><podcast:transcript url="&#xD800;\""""
    first, second = read_podcast_tags(body).items
    assert [link.url for link in first.transcript_links] == ["t.vtt"]
    assert second.transcript_links == ()
