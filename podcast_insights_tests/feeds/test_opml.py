"""Lists of shows from other podcast apps: what can be used is used, the rest is said, and nothing is let in."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.errors import FeedError
from podcast_insights.feeds.opml import ListedShow, read_opml, without_known, write_opml

# What is no Char of XML 1.0.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOW = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)


def opml(*outlines: str, head: str = "") -> bytes:
    return f'{head}<opml version="1.1"><head/><body>{"".join(outlines)}</body></opml>'.encode()


def listed(*outlines: str) -> list[tuple[str, str | None]]:
    return [(show.url, show.title) for show in read_opml(opml(*outlines)).shows]


def test_folders_are_walked_and_a_show_in_two_of_them_is_one() -> None:
    assert listed(
        '<outline text="News"><outline type="rss" text="One" xmlUrl="https://a.example/feed"/></outline>',
        '<outline text="Later"><outline text="Again" xmlUrl="http://A.example/feed/"/>'
        '<outline title="Two &amp; more" text="2" xmlURL=" https://b.example/f "/></outline>',
    ) == [("https://a.example/feed", "One"), ("https://b.example/f", "Two & more")]


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        ('<outline text="A note"/>', "A note: it has no address"),
        ('<outline text="Mine" xmlUrl="file:///etc/passwd"/>', "Mine: 'file:///etc/passwd' is not an http"),
        ('<outline xmlUrl="javascript:alert(1)"/>', "an entry: 'javascript:alert(1)' is not an http"),
        (f'<outline text="Long" xmlUrl="https://a.example/{"x" * 5000}"/>', "Long: "),
    ],
)
def test_what_is_no_feed_is_said(outline: str, words: str) -> None:
    found = read_opml(opml(outline, '<outline xmlUrl="https://a.example/feed"/>'))

    assert [show.url for show in found.shows] == ["https://a.example/feed"]
    assert [reason.startswith(words) for reason in found.left_out] == [True]


def test_a_broken_file_gives_what_can_be_read() -> None:
    assert listed('<outline text="A & B" xmlUrl="https://a.example/feed?x=1&y=2&amp;z=3"/><outline text="cut') == [
        ("https://a.example/feed?x=1&y=2&z=3", "A & B")
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_file_in_another_form_of_unicode_keeps_its_addresses(encoding: str) -> None:
    text = """<?xml version="1.0" encoding="UTF-16"?><opml version="1.1"><body>
      <outline text="Größe &amp; mehr" xmlUrl="https://a.example/f?a=1&amp;b=2&c=3"/></body></opml>"""
    body = text.replace("UTF-16", "UTF-8" if encoding == "utf-8-sig" else "UTF-16").encode(encoding)
    assert read_opml(body).shows == (ListedShow(url="https://a.example/f?a=1&b=2&c=3", title="Größe & mehr"),)


def test_a_name_that_is_not_unicode_is_left_out_and_its_show_read() -> None:
    # lxml takes a reference to half of a surrogate pair, and cannot hand it out.
    assert listed('<outline text="Cut &#xd83d;" title="The Grid" xmlUrl="https://a.example/feed"/>') == [
        ("https://a.example/feed", "The Grid")
    ]
    assert listed('<outline text="&#xd83d;" xmlUrl="https://a.example/feed"/>') == [("https://a.example/feed", None)]


def test_an_entity_is_not_resolved_and_a_file_is_not_read() -> None:
    head = '<!DOCTYPE opml [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    found = read_opml(opml('<outline text="&secret;" xmlUrl="https://a.example/feed"/>', head=head))

    assert [show.title for show in found.shows] == [None]


@pytest.mark.parametrize("body", [b"", b"<html><body>no</body></html>", b"\x00\x01", b"x" * (10 * 1024 * 1024 + 1)])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        read_opml(body)


def test_shows_that_are_known_under_another_spelling_are_not_new() -> None:
    shows = [ListedShow(url="http://A.example/feed/", title=None), ListedShow(url="https://b.example/f", title=None)]

    assert [show.url for show in without_known(shows, ["https://a.example/feed"])] == ["https://b.example/f"]


@pytest.mark.parametrize("title", ["رادیو می‌خواهم", "The 👩‍👩‍👧 Show", "ラジオ　深夜"])
def test_a_title_keeps_what_joins_and_parts_its_letters(title: str) -> None:
    found = read_opml(write_opml([ListedShow(url="https://a.example/f", title=title)], title="Mine", now=NOW))
    assert found.shows[0].title == title.replace("　", " ")


@given(st.lists(st.tuples(st.uuids(), st.text(max_size=30)), max_size=5, unique_by=lambda pair: pair[0]))
def test_what_is_written_can_be_read(shows: list[tuple[object, str]]) -> None:
    written = [ListedShow(url=f"https://{host}.example/f?a=1&b=2", title=title or None) for host, title in shows]
    found = read_opml(write_opml(written, title="Mine", now=NOW))

    assert [show.url for show in found.shows] == [show.url for show in written]
    for show, before in zip(found.shows, written, strict=True):
        kept = " ".join(NO_XML.sub("", before.title or before.url).split())[:200]
        assert show.title == (kept or None)
    assert found.left_out == ()
