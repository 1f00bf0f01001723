"""Chapters from JSON files and from items, as they are and as they are not."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.errors import FeedError
from podcast_insights.feeds.chapters import MAX_CHAPTERS, parse_chapters
from podcast_insights.feeds.values import Chapter


def chapters(*listed: object) -> bytes:
    return json.dumps({"version": "1.2.0", "chapters": list(listed)}).encode()


def test_chapters_come_in_order_and_once() -> None:
    body = chapters(
        {"startTime": 90.5, "title": "Two &amp; a <b>half</b>", "img": "x.jpg"},
        {"startTime": 0, "title": "Intro", "url": "javascript:alert(1)"},
        {"startTime": 0, "title": "Intro again"},
    )
    assert parse_chapters(body) == (Chapter(start_s=0.0, title="Intro"), Chapter(start_s=90.5, title="Two & a half"))


def test_half_of_a_surrogate_pair_which_no_table_can_hold_is_left_out() -> None:
    # As a program writes an emoji that it cut in two.
    body = b'{"chapters": [{"startTime": 1, "title": "The grid \\ud83d"}, {"startTime": 2, "title": "\\udd0b"}]}'
    assert parse_chapters(body) == (Chapter(start_s=1.0, title="The grid"),)


@pytest.mark.parametrize(
    "chapter",
    [
        {"startTime": 1, "title": "hidden", "toc": False},
        {"startTime": -1, "title": "before"},
        {"startTime": 1e9, "title": "after a hundred hours"},
        {"startTime": float("nan"), "title": "nan"},
        {"startTime": float("inf"), "title": "inf"},
        {"startTime": True, "title": "true"},
        {"startTime": None, "title": "none"},
        {"startTime": [1], "title": "list"},
        {"title": "no start"},
        {"startTime": 1},
        {"startTime": 1, "title": "  "},
        {"startTime": 1, "title": 7},
        "text",
        None,
    ],
)
def test_a_chapter_that_cannot_be_used_is_left_out(chapter: object) -> None:
    assert parse_chapters(chapters(chapter, {"startTime": "00:02", "title": "kept"})) == (
        Chapter(start_s=2.0, title="kept"),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>404</html>",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{}",
        b'{"chapters": {}}',
        chapters({"startTime": "x"}),
        b'{"chapters": ' * 10_000,
        b'{"chapters": [{"startTime": ' + b"9" * 10_000 + b', "title": "x"}]}',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_file_of_chapters_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        parse_chapters(body)


def test_an_empty_list_is_no_mistake() -> None:
    assert parse_chapters(chapters()) == ()


def test_chapters_are_bounded() -> None:
    many = [{"startTime": number, "title": "x" * 10_000} for number in range(MAX_CHAPTERS + 100)]
    found = parse_chapters(chapters(*many))
    assert len(found) == MAX_CHAPTERS
    assert {len(chapter.title) for chapter in found} == {500}


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["chapters", "startTime", "title", "toc"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
@settings(max_examples=150, deadline=None)
def test_any_json_gives_chapters_in_order_or_a_reason(content: object) -> None:
    try:
        found = parse_chapters(json.dumps(content).encode())
    except FeedError:
        return
    starts = [chapter.start_s for chapter in found]
    assert starts == sorted(set(starts))
    assert all(chapter.title for chapter in found)
