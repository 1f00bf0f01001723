"""Feeds that re-issue their guids: held, told, and let go when the reader says so."""

from datetime import date, timedelta

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.feeds.follow import failing_shows
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW, rss
from podcast_insights_tests.feeds.rounds import HALF_HOUR, FeedServer, Round, refreshed


def reissued(*numbers: int, era: str = "new") -> bytes:
    """Return a feed in which nothing but the dates is as it was."""
    body = rss(*numbers).replace(b"guid-", f"{era}-".encode())
    return body.replace(b"Episode ", f"{era} ".encode()).replace(b"//cdn", f"//{era}".encode())


@pytest.fixture
def held(httpserver: HTTPServer, feeds: FeedServer, reader: Round) -> Round:
    """A reader whose feed is held."""
    feeds.serves(rss(*range(1, 9)), ETag='"v1"')
    reader.polls()
    refreshed(httpserver).serves(reissued(*range(1, 10)))
    reader.clock.moves(timedelta(hours=1))
    reader.polls()
    return reader


def test_a_feed_that_reissues_its_guids_is_held_and_says_what_to_do(held: Round) -> None:
    show = held.catalog.only_show()
    assert (show.status, show.held_at) == ("held", NOW + timedelta(hours=1))
    assert show.next_poll_at == NOW + timedelta(hours=2)
    assert len(held.catalog.episodes_of(show.show_id)) == 8
    (skip,) = failing_shows(held.shows, [show])
    assert (skip.reason, skip.retryable) == ("held", False)
    assert "accept_new_guids: 2024-11-20" in skip.message


def test_a_held_poll_is_called_so(held: Round) -> None:
    poll = held.polls_one()
    assert (poll.outcome, poll.new_episodes) == ("held", 0)
    assert held.catalog.only_show().held_at == NOW + timedelta(hours=1), "since the first time"


def test_what_is_accepted_is_read_at_once(held: Round) -> None:
    held.shows = (ShowSettings(url=held.shows[0].url, accept_new_guids=date(2024, 11, 20)),)
    (poll,) = held.polls(only_due=True).polls
    assert (poll.outcome, poll.new_episodes, poll.gone_episodes) == ("changed", 9, 8)
    show = held.catalog.only_show()
    assert (show.status, show.held_at, show.last_error) == ("active", None, None)


def test_what_was_accepted_before_it_happened_is_held(held: Round) -> None:
    held.shows = (ShowSettings(url=held.shows[0].url, accept_new_guids=date(2024, 11, 19)),)
    assert held.polls(only_due=True).polls == ()
    assert held.polls_one().outcome == "held"


def test_a_feed_that_does_it_again_after_that_day_is_held_again(httpserver: HTTPServer, held: Round) -> None:
    held.shows = (ShowSettings(url=held.shows[0].url, accept_new_guids=date(2024, 11, 20)),)
    held.polls()
    held.clock.moves(timedelta(days=1))
    refreshed(httpserver).serves(reissued(*range(1, 10), era="newer"))
    assert held.polls_one().outcome == "held"


def test_a_feed_that_takes_its_guids_back_is_active_again(httpserver: HTTPServer, held: Round) -> None:
    refreshed(httpserver).serves(rss(*range(1, 10)))
    poll = held.polls_one()
    assert (poll.outcome, poll.new_episodes) == ("changed", 1)
    show = held.catalog.only_show()
    assert (show.status, show.held_at, show.next_poll_at) == ("active", None, held.clock.at + HALF_HOUR)
