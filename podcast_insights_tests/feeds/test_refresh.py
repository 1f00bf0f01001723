from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from podcast_insights.errors import NetworkError, PodcastInsightsError, RefusedError
from podcast_insights.feeds.refresh import FreshEnclosures
from podcast_insights.feeds.values import Enclosure, Episode
from podcast_insights.settings import FeedSettings
from podcast_insights.web.client import WebResponse
from podcast_insights_tests.feeds.fakes import NOW, rss, show

FEED = "https://example.com/feed"


class FeedHost:
    """Serves one body to all, or fails, and remembers who asked for what and under which conditions."""

    def __init__(self, body: bytes | PodcastInsightsError) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._body = body

    def get(self, url: str, *, headers: dict[str, str] | None = None, max_bytes: int, timeout_s: float) -> WebResponse:
        self.asked.append((url, dict(headers or {})))
        if isinstance(self._body, PodcastInsightsError):
            raise self._body
        return WebResponse(status=200, headers={}, body=self._body, body_bytes=len(self._body), final_url=url)


def known(number: int, **changes: object) -> Episode:
    made = Episode(
        episode_id=f"episode{number}",
        show_id="show-1",
        guid=f"guid-{number}",
        title=f"Episode {number}",
        show_notes="",
        page_url=None,
        published_at=NOW,
        has_plausible_date=True,
        episode_date=NOW.date(),
        duration_s=None,
        enclosure=Enclosure(url=f"https://cdn.example.com/{number}.mp3?expired"),
        transcript_links=(),
        first_seen_at=NOW,
    )
    return replace(made, **changes)


def asking(host: FeedHost, **changes: object) -> FreshEnclosures:
    followed = {"show-1": show(**changes)}
    return FreshEnclosures(followed, host, settings=FeedSettings(), now=NOW)


@pytest.mark.parametrize(
    ("episode", "url"),
    [
        (known(1), "https://cdn.example.com/1.mp3"),
        (known(2, title="Another title"), "https://cdn.example.com/2.mp3"),
        (known(3, enclosure=Enclosure(url="private:7f3a")), "https://cdn.example.com/3.mp3"),
        (known(9), None),
        (known(1, show_id="show-2"), None),
    ],
)
def test_the_item_with_the_same_guid_gives_its_present_enclosure(episode: Episode, url: str | None) -> None:
    fresh = asking(FeedHost(rss(3, 2, 1)))(episode)

    assert (fresh.url if fresh else None) == url


def test_a_guid_that_several_items_have_is_told_apart_by_title() -> None:
    body = rss(2, 1).replace(b"guid-2", b"guid-1")

    fresh = asking(FeedHost(body))(known(1))

    assert fresh is not None
    assert fresh.url == "https://cdn.example.com/1.mp3"


def test_a_feed_is_asked_once_for_all_of_its_episodes() -> None:
    host = FeedHost(rss(*range(1, 9)))
    fresh = asking(host)
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(fresh, [known(number) for number in range(1, 9)]))

    assert [each and each.url for each in found] == [f"https://cdn.example.com/{n}.mp3" for n in range(1, 9)]
    assert [url for url, _ in host.asked] == [FEED]


def test_the_feed_is_asked_for_all_of_itself() -> None:
    host = FeedHost(rss(1))

    asking(host, etag='"v1"', last_modified="x", body_sha256="0" * 64, items_fingerprint="of all")(known(1))

    assert host.asked == [(FEED, {})]


@pytest.mark.parametrize("body", [NetworkError("no answer"), RefusedError("no", status=403), b"<html>no feed</html>"])
def test_a_feed_that_fails_is_not_asked_again(body: bytes | PodcastInsightsError) -> None:
    host = FeedHost(body)
    fresh = asking(host)

    assert [fresh(known(1)), fresh(known(2))] == [None, None]
    assert len(host.asked) == 1
