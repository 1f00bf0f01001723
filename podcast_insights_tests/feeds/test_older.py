"""Feeds with pages: read back once, as far as wanted, and never further than the limits."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.feeds.older import MAX_PAGES
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW, rss
from podcast_insights_tests.feeds.rounds import FeedServer, Round, refreshed


def linked(url: str, rel: str = "next") -> str:
    return f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{url}"/>'


def serve_pages(feeds: FeedServer, pages: Sequence[bytes | Sequence[int]], rel: str = "next") -> None:
    """Serve pages that link to each other: the first at /feed, the others at /2, /3 and so on."""
    for position, numbers in enumerate(pages, start=1):
        follows = linked(feeds.url(f"/{position + 1}"), rel) if position < len(pages) else ""
        body = numbers if isinstance(numbers, bytes) else rss(*numbers, channel=follows)
        feeds.serves(body, "/feed" if position == 1 else f"/{position}")


def paths_of(feeds: FeedServer) -> list[str]:
    return [request.path for request in feeds.requests]


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_the_first_poll_reads_all_pages_and_the_second_only_the_first(
    feeds: FeedServer, reader: Round, rel: str
) -> None:
    serve_pages(feeds, [(60, 59), (58, 57), (56,)], rel)
    first, older = reader.polls().polls
    assert (first.outcome, first.new_episodes) == ("changed", 2)
    assert (older.outcome, older.new_episodes, older.gone_episodes, older.listed) == ("older_pages", 3, 0, 5)
    show = reader.catalog.only_show()
    assert (show.older_url, show.older_pages) == (None, 2)
    assert reader.polls_one().outcome == "unchanged"
    assert paths_of(feeds) == ["/feed", "/2", "/3", "/feed"]


def test_an_episode_that_moves_to_the_second_page_is_not_gone(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round
) -> None:
    serve_pages(feeds, [(60, 59, 58), (57,)])
    reader.polls()
    serve_pages(refreshed(httpserver), [(61, 60, 58), (57,)])
    poll = reader.polls_one()
    assert (poll.new_episodes, poll.gone_episodes, poll.listed) == (1, 1, 4), "only 59, from between, is gone"


def test_new_episodes_of_all_feeds_come_before_old_ones_of_any(feeds: FeedServer) -> None:
    serve_pages(feeds, [(60,), (59,)])
    feeds.serves(rss(9), "/other")
    reader = Round(ShowSettings(url=feeds.url()), ShowSettings(url=feeds.url("/other")))
    reader.polls()
    assert paths_of(feeds)[-1] == "/2"


def test_reading_back_ends_before_the_first_day_that_is_wanted(feeds: FeedServer, reader: Round) -> None:
    reader.start_date = (NOW - timedelta(days=43)).date()
    serve_pages(feeds, [(60, 59), (58, 57), (56, 55), (54,)])
    reader.polls()
    assert paths_of(feeds) == ["/feed", "/2", "/3"]
    reader.start_date = (NOW - timedelta(days=41)).date()
    assert reader.polls_one().outcome == "unchanged"


def test_it_is_read_back_again_when_asked_for(feeds: FeedServer, reader: Round) -> None:
    reader.start_date = (NOW - timedelta(days=41)).date()
    serve_pages(feeds, [(60, 59, 58), (57, 56)])
    reader.polls()
    assert paths_of(feeds) == ["/feed"]
    reader.start_date = date(2024, 1, 1)
    report = reader.polls(reads_back=True)
    assert [poll.outcome for poll in report.polls] == ["unchanged", "older_pages"]
    assert report.new_episodes == 2


@pytest.mark.parametrize(
    "last",
    [
        pytest.param("/feed", id="to the first page"),
        pytest.param("/2", id="to itself"),
        pytest.param("javascript:alert(1)", id="nowhere"),
        pytest.param("file:///etc/passwd", id="to a file"),
    ],
)
def test_links_that_lead_in_circles_or_nowhere_end(feeds: FeedServer, reader: Round, last: str) -> None:
    target = feeds.url(last) if last.startswith("/") else last
    serve_pages(feeds, [(60,), rss(59, channel=linked(target))])
    assert reader.polls().new_episodes == 2
    assert len(feeds.requests) <= 4
    assert reader.catalog.only_show().older_url is None


def test_pages_without_end_are_left_after_so_many(feeds: FeedServer, reader: Round) -> None:
    serve_pages(feeds, [(number,) for number in range(90, 60, -1)])
    assert reader.polls().new_episodes == MAX_PAGES + 1
    assert reader.catalog.only_show().older_url is None


@pytest.mark.parametrize(("status", "goes_on"), [(503, True), (404, False)])
def test_a_page_that_fails_keeps_what_was_read(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round, status: int, goes_on: bool
) -> None:
    serve_pages(feeds, [(60,), (59,), (58,)])
    feeds = refreshed(httpserver)
    feeds.answers(status, "/3", Retry_After="60")
    serve_pages(feeds, [(60,), rss(59, channel=linked(feeds.url("/3")))])
    _, older = reader.polls().polls
    assert (older.outcome, older.new_episodes) == ("older_pages", 1)
    assert "page 3" in str(older.error)
    assert reader.catalog.only_show().status == "active"
    serve_pages(refreshed(httpserver), [(60,), (59,), (58,)])
    assert reader.polls().new_episodes == (1 if goes_on else 0)


def test_where_the_time_is_over_the_next_poll_goes_on(feeds: FeedServer, reader: Round) -> None:
    serve_pages(feeds, [(60,), (59,), (58,), (57,)])
    reader.clock.steps(timedelta(seconds=1))
    found = [reader.polls(budget_s=6.5).new_episodes for _ in range(4)]
    assert sum(found) == 4
    assert found[0] < 4
