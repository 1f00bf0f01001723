"""Feeds that move: by permanent redirects, by naming a new address, and back where that fails."""

from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.errors import NetworkError, PodcastInsightsError, RefusedError
from podcast_insights.feeds.moves import MAX_ALIASES, address_after, falls_back, is_same_show, named_address
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import feed, item, rss, show
from podcast_insights_tests.feeds.rounds import FeedServer, Round, refreshed

OLD = "https://example.com/feed"
NEW = "https://new.example.com/feed"


def named(url: str) -> str:
    return f"<itunes:new-feed-url>{url}</itunes:new-feed-url>"


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_seen_twice_moves_the_feed(feeds: FeedServer, reader: Round, status: int) -> None:
    feeds.answers(status, Location=feeds.url("/new"))
    feeds.serves(rss(2, 1), "/new", ETag='"v1"')
    first = reader.polls_one()
    show = reader.catalog.only_show()
    assert (show.feed_url, show.aliases, show.moved_to) == (feeds.url(), (), feeds.url("/new"))

    second = reader.polls_one()
    show = reader.catalog.only_show()
    assert (show.feed_url, show.aliases, show.moved_to) == (feeds.url("/new"), (feeds.url(),), None)
    assert (first.show_id, first.new_episodes) == (second.show_id, 2)
    assert (second.outcome, show.configured_url) == ("not_modified", feeds.url())

    assert reader.polls_one().outcome == "not_modified"
    assert feeds.requests[-1].path == "/new"


@pytest.mark.parametrize("statuses", [(302, 302, 302), (307, 307), (303, 303), (301, 302, 301)])
def test_other_redirects_never_move_a_feed(httpserver: HTTPServer, reader: Round, statuses: tuple[int, ...]) -> None:
    for status in statuses:
        feeds = refreshed(httpserver)
        feeds.answers(status, Location=feeds.url("/new"))
        feeds.serves(rss(1), "/new")
        reader.polls()
    assert reader.catalog.only_show().feed_url == feeds.url()


def test_redirects_to_an_address_that_changes_each_time_never_move_a_feed(
    httpserver: HTTPServer, reader: Round
) -> None:
    for token in range(4):
        feeds = refreshed(httpserver)
        feeds.answers(301, Location=feeds.url(f"/signed-{token}"))
        feeds.serves(rss(1), f"/signed-{token}")
        reader.polls()
    assert reader.catalog.only_show().feed_url == feeds.url()


def test_a_failure_between_two_redirects_does_not_undo_the_first(httpserver: HTTPServer, reader: Round) -> None:
    for answers in (301, 500, 301):
        feeds = refreshed(httpserver)
        feeds.answers(answers, Location=feeds.url("/new"))
        feeds.serves(rss(1), "/new")
        reader.polls()
    assert reader.catalog.only_show().feed_url == feeds.url("/new")


def test_a_feed_that_names_a_new_address_moves_there(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(1, channel=named(feeds.url("/new"))), ETag='"old"')
    feeds.serves(rss(2, 1), "/new", ETag='"new"')
    assert reader.polls_one().new_episodes == 2
    show = reader.catalog.only_show()
    assert (show.feed_url, show.aliases, show.etag) == (feeds.url("/new"), (feeds.url(),), '"new"')
    assert reader.polls_one().outcome == "not_modified"


def test_a_notice_that_the_feed_moved_is_believed_by_what_was_known_before(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round
) -> None:
    feeds.serves(rss(3, 2, 1))
    reader.polls()
    feeds = refreshed(httpserver)
    feeds.serves(rss(99, channel=named(feeds.url("/new"))))
    feeds.serves(rss(4, 3, 2, 1), "/new")
    assert reader.polls_one().new_episodes == 1
    assert reader.catalog.only_show().feed_url == feeds.url("/new")


@pytest.mark.parametrize("body", [rss(7, 8, 9), b"<html></html>", rss()])
def test_a_new_address_that_serves_something_else_is_not_followed(
    feeds: FeedServer, reader: Round, body: bytes
) -> None:
    feeds.serves(rss(1, channel=named(feeds.url("/new"))), ETag='"v1"')
    feeds.serves(body, "/new")
    assert reader.polls_one().new_episodes == 1
    assert reader.catalog.only_show().feed_url == feeds.url()
    assert reader.polls_one().outcome == "not_modified", "it is not asked again until the feed changes"


def test_a_new_address_that_fails_for_now_is_tried_again(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round
) -> None:
    feeds.serves(rss(1, channel=named(feeds.url("/new"))), ETag='"v1"')
    feeds.answers(503, "/new", Retry_After="60")
    reader.polls()
    assert reader.catalog.only_show().feed_url == feeds.url()
    feeds = refreshed(httpserver)
    feeds.serves(rss(1, channel=named(feeds.url("/new"))), ETag='"v1"')
    feeds.serves(rss(1), "/new")
    reader.polls()
    assert reader.catalog.only_show().feed_url == feeds.url("/new")


def test_two_feeds_that_name_each_other_do_not_play_ball(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(1, channel=named(feeds.url("/b"))))
    feeds.serves(rss(1, channel=named(feeds.url())), "/b")
    for _ in range(4):
        reader.polls()
        assert reader.catalog.only_show().feed_url == feeds.url("/b")


def test_a_feed_cannot_move_to_another_followed_show(feeds: FeedServer) -> None:
    feeds.answers(301, Location=feeds.url("/other"))
    feeds.serves(rss(1), "/other")
    reader = Round(ShowSettings(url=feeds.url()), ShowSettings(url=feeds.url("/other")))
    for _ in range(3):
        reader.polls()
    assert {show.feed_url for show in reader.catalog.shows()} == {feeds.url(), feeds.url("/other")}


@pytest.mark.parametrize("status", [404, 410, 403])
def test_a_moved_feed_that_is_refused_goes_back_to_the_configured_address(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round, status: int
) -> None:
    feeds.serves(rss(1, channel=named(feeds.url("/new"))))
    feeds.serves(rss(1), "/new")
    show_id = reader.polls_one().show_id
    feeds = refreshed(httpserver)
    feeds.answers(status, "/new")
    feeds.serves(rss(2, 1, channel=named(feeds.url("/new"))))
    poll = reader.polls_one()
    assert (poll.show_id, poll.outcome, poll.new_episodes) == (show_id, "changed", 1)
    show = reader.catalog.only_show()
    assert (show.feed_url, show.aliases, show.status) == (feeds.url(), (feeds.url("/new"),), "active")
    assert reader.polls_one().outcome == "unchanged", "it does not move to what failed again"


def test_where_the_configured_address_fails_too_the_moved_one_tells_why(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round
) -> None:
    feeds.serves(rss(1, channel=named(feeds.url("/new"))))
    feeds.serves(rss(1), "/new")
    reader.polls()
    feeds = refreshed(httpserver)
    feeds.answers(410, "/new")
    feeds.answers(404)
    poll = reader.polls_one()
    assert (poll.outcome, poll.http_status) == ("gone", 410)
    assert reader.catalog.only_show().feed_url == feeds.url("/new")


def test_a_reader_who_writes_the_new_address_keeps_the_show(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(1, channel=named(feeds.url("/new"))))
    feeds.serves(rss(1), "/new", ETag='"v1"')
    show_id = reader.polls_one().show_id
    reader.shows = (ShowSettings(url=feeds.url("/new")),)
    poll = reader.polls_one()
    assert (poll.show_id, poll.outcome) == (show_id, "not_modified")
    assert reader.catalog.only_show().configured_url == feeds.url("/new")


@pytest.mark.parametrize(
    ("url", "is_named"),
    [
        (NEW, True),
        (None, False),
        ("http://new.example.com/feed", False),
        (f"{OLD}/", False),
        ("https://left.example.com/feed", False),
    ],
)
def test_which_named_address_is_looked_at(url: str | None, is_named: bool) -> None:
    known = show(aliases=("https://left.example.com/feed",))
    assert named_address(feed(item(1), new_feed_url=url), known) == (url if is_named else None)


@pytest.mark.parametrize(
    ("ours", "theirs", "is_same"),
    [("a", "a", True), ("a", "b", False), ("a", None, True), (None, "b", True), (None, None, True)],
)
def test_guids_of_the_show_count_before_its_items(ours: str | None, theirs: str | None, is_same: bool) -> None:
    here, there = feed(item(1), podcast_guid=ours), feed(item(1), podcast_guid=theirs)
    assert is_same_show(here, (), there) is is_same


@pytest.mark.parametrize(
    ("error", "failures", "expected"),
    [
        (RefusedError("404", status=404), 0, True),
        (NetworkError("503", status=503), 0, False),
        (NetworkError("503", status=503), 3, True),
    ],
)
def test_when_a_moved_feed_falls_back(error: PodcastInsightsError, failures: int, expected: bool) -> None:
    moved = show(feed_url=NEW, failures_in_a_row=failures)
    assert falls_back(moved, error) is expected
    assert not falls_back(replace(moved, feed_url=OLD), error)


def test_aliases_are_few_and_distinct() -> None:
    at = show()
    for number in range(40):
        at = address_after(at, asked_url=f"https://example.com/{number % 17}", permanent_url=None)
    assert len(at.aliases) == MAX_ALIASES == len(set(at.aliases))
    assert at.feed_url not in at.aliases
