"""Feeds that answer 410: by mistake, for a while, and for good."""

from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.errors import NetworkError
from podcast_insights.feeds.follow import failing_shows
from podcast_insights.feeds.gone import counted
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW, rss, show
from podcast_insights_tests.feeds.rounds import FeedServer, Round, refreshed


def polls_while_due(reader: Round, *, until: timedelta) -> list[timedelta]:
    """Poll whenever the feed is due, and return when that was, from now on."""
    asked = []
    while (due_at := reader.catalog.only_show().next_poll_at) is not None and due_at <= NOW + until:
        reader.clock.at = due_at
        assert len(reader.polls(only_due=True).polls) == 1
        asked.append(due_at - NOW)
    return asked


def test_a_feed_that_says_once_that_it_is_gone_is_asked_again(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round
) -> None:
    feeds.answers(410)
    assert reader.polls_one().outcome == "gone"
    (skip,) = failing_shows(reader.shows, reader.catalog.shows())
    assert (skip.reason, skip.retryable) == ("failing", True)
    assert "by mistake" in skip.message
    assert "given up when it still says so on 2024-11-23" in skip.message
    refreshed(httpserver).serves(rss(1))
    reader.clock.moves(timedelta(hours=1))
    (poll,) = reader.polls(only_due=True).polls
    assert (poll.outcome, poll.new_episodes) == ("changed", 1)
    after = reader.catalog.only_show()
    assert (after.status, after.said_gone_at, after.gone_answers) == ("active", None, 0)


def test_a_feed_that_says_for_three_days_that_it_is_gone_is_given_up_and_told(feeds: FeedServer, reader: Round) -> None:
    feeds.answers(410)
    reader.polls()
    asked = polls_while_due(reader, until=timedelta(days=30))
    assert [at / timedelta(hours=1) for at in asked] == [1, 3, 7, 15, 31, 55, 79]
    given_up = reader.catalog.only_show()
    assert (given_up.status, given_up.next_poll_at, given_up.gone_answers) == ("gone", None, 8)
    (skip,) = failing_shows(reader.shows, [given_up])
    assert (skip.reason, skip.retryable) == ("gone", False)
    assert "since 2024-11-20 (8 polls in a row) and is not asked again" in skip.message


def test_one_that_was_given_up_is_asked_by_hand(httpserver: HTTPServer, feeds: FeedServer, reader: Round) -> None:
    feeds.answers(410)
    reader.polls()
    polls_while_due(reader, until=timedelta(days=30))
    reader.clock.moves(timedelta(days=30))
    assert reader.polls(only_due=True).polls == ()
    assert reader.polls_one().outcome == "gone"
    assert reader.catalog.only_show().status == "gone"
    refreshed(httpserver).serves(rss(1))
    assert reader.polls_one().new_episodes == 1
    assert reader.catalog.only_show().status == "active"


def test_a_few_answers_far_apart_are_not_enough(feeds: FeedServer, reader: Round) -> None:
    feeds.answers(410)
    for _ in range(3):
        reader.polls()
        reader.clock.moves(timedelta(days=2))
    assert reader.catalog.only_show().status == "failing"
    reader.polls()
    assert reader.catalog.only_show().status == "gone"


def test_many_answers_within_a_day_are_not_enough(feeds: FeedServer, reader: Round) -> None:
    feeds.answers(410)
    for _ in range(10):
        reader.polls()
    assert reader.catalog.only_show().status == "failing"


@pytest.mark.parametrize("status", [404, 503])
def test_another_answer_begins_the_count_anew(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round, status: int
) -> None:
    feeds.answers(410)
    for _ in range(3):
        reader.polls()
    refreshed(httpserver).answers(status)
    reader.polls()
    assert (reader.catalog.only_show().said_gone_at, reader.catalog.only_show().gone_answers) == (None, 0)


def test_no_answer_says_nothing() -> None:
    said_so = show(said_gone_at=NOW, gone_answers=2)
    assert counted(said_so, NetworkError("no connection"), NOW) == said_so


def test_at_a_corrected_address_the_count_begins_anew(feeds: FeedServer, reader: Round) -> None:
    feeds.answers(410)
    reader.polls()
    polls_while_due(reader, until=timedelta(days=30))
    feeds.answers(410, "/feed/")
    reader.shows = (ShowSettings(url=feeds.url("/feed/")),)
    assert len(reader.polls(only_due=True).polls) == 1
    assert (reader.catalog.only_show().status, reader.catalog.only_show().gone_answers) == ("failing", 1)
