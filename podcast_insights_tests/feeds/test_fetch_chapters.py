"""The chapters of a day's episodes: from the feed, from files, once, and what bad files do."""

import json
from dataclasses import replace

import pytest

from podcast_insights.errors import NetworkError, PodcastInsightsError, RefusedError
from podcast_insights.feeds.fetch_chapters import fetch_chapters
from podcast_insights.feeds.values import Chapter, Episode, EpisodeChapters
from podcast_insights.web.client import WebResponse
from podcast_insights_tests.storage.examples import an_episode

URL = "https://example.org/chapters.json?token=secret"
FILE = json.dumps({"chapters": [{"startTime": 0, "title": "Intro"}, {"startTime": 60, "title": "News"}]}).encode()
FROM_FILE = (Chapter(start_s=0.0, title="Intro"), Chapter(start_s=60.0, title="News"))


class Files:
    """The network: one file at any address, or a failure; remembers what it was asked."""

    def __init__(self, answer: bytes | PodcastInsightsError) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def get(self, url: str, *, headers: object = None, max_bytes: int, timeout_s: float) -> WebResponse:
        self.asked.append(url)
        if isinstance(self.answer, PodcastInsightsError):
            raise self.answer
        assert len(self.answer) <= max_bytes
        return WebResponse(status=200, headers={}, body=self.answer, body_bytes=len(self.answer), final_url=url)


class Kept(dict[str, EpisodeChapters]):
    """What was read before."""

    def put(self, fingerprint: str, item: EpisodeChapters) -> None:
        self[fingerprint] = item


def episode(**changes: object) -> Episode:
    return replace(an_episode("episode1", chapters_url=URL), **changes)


def test_a_file_is_read_once() -> None:
    files, kept = Files(FILE), Kept()
    first = fetch_chapters([episode()], web=files, cache=kept)
    second = fetch_chapters([episode()], web=files, cache=kept)
    (made,) = first.made
    assert (made.source_url, made.chapters) == (URL, FROM_FILE)
    assert second == first
    assert files.asked == [URL]


def test_another_address_is_another_file() -> None:
    files, kept = Files(FILE), Kept()
    for url in (URL, "https://example.org/mended.json"):
        fetch_chapters([episode(chapters_url=url)], web=files, cache=kept)
    assert len(files.asked) == 2


def test_chapters_in_the_feed_need_no_file() -> None:
    inline = (Chapter(start_s=5.0, title="Inline"),)
    files = Files(FILE)
    result = fetch_chapters([episode(chapters=inline), an_episode("without")], web=files, cache=Kept())
    assert [(made.source_url, made.chapters) for made in result.made] == [(None, inline)]
    assert files.asked == []


def test_a_file_without_chapters_is_no_mistake() -> None:
    kept = Kept()
    result = fetch_chapters([episode()], web=Files(b'{"chapters": []}'), cache=kept)
    assert (result.made, result.skipped) == ((), ())
    assert kept == {}


def test_a_file_that_was_empty_is_asked_for_again_also_where_that_was_kept_before() -> None:
    kept = Kept()
    fetch_chapters([episode()], web=Files(FILE), cache=kept)
    (fingerprint,) = kept
    kept.put(fingerprint, replace(kept[fingerprint], chapters=()))
    files = Files(FILE)
    for _ in range(2):
        assert fetch_chapters([episode()], web=files, cache=kept).made[0].chapters == FROM_FILE
    assert files.asked == [URL]


@pytest.mark.parametrize(
    ("answer", "reason", "is_retryable"),
    [
        (NetworkError("no answer"), "network", True),
        (RefusedError("404", status=404), "refused", False),
        (b"<html>", "unreadable_feed", False),
    ],
)
def test_a_file_that_fails_is_told_and_asked_for_again(
    answer: bytes | PodcastInsightsError, reason: str, is_retryable: bool
) -> None:
    kept = Kept()
    result = fetch_chapters([episode()], web=Files(answer), cache=kept)
    (skip,) = result.skipped
    assert (skip.stage, skip.subject_id, skip.reason, skip.retryable) == (
        "chapters",
        "episode1",
        reason,
        is_retryable,
    )
    assert "secret" not in skip.message
    assert fetch_chapters([episode()], web=Files(FILE), cache=kept).made[0].chapters == FROM_FILE
