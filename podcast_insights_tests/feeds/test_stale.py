"""Older copies of a feed: nothing goes, nothing flaps, and what lasts is believed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.feeds.decide import merge_feed
from podcast_insights.feeds.identity import match_items
from podcast_insights.feeds.stale import BELIEVED_AFTER, is_older_copy
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW, feed, item, rss, show
from podcast_insights_tests.feeds.rounds import FeedServer, Round, refreshed

BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def test_a_network_that_flaps_between_two_copies_changes_nothing(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round
) -> None:
    feeds.serves(rss(3, 2, 1), ETag='"new"')
    reader.polls()
    kept = reader.catalog.episodes_of(reader.catalog.only_show().show_id)
    reader.catalog.rewritten.clear()
    for _ in range(3):
        refreshed(httpserver).serves(rss(2, 1), ETag='"old"')
        poll = reader.polls_one()
        assert (poll.outcome, poll.gone_episodes, poll.new_episodes, poll.listed) == ("stale", 0, 0, 3)
        show = reader.catalog.only_show()
        assert (show.etag, show.stale_at, show.status) == ('"new"', NOW, "active")
        refreshed(httpserver).serves(rss(3, 2, 1), ETag='"new"')
        assert reader.polls_one().outcome == "not_modified"
        assert reader.catalog.only_show().stale_at is None
    assert reader.catalog.rewritten == []
    assert reader.catalog.episodes_of(show.show_id) == kept


def test_what_lasts_longer_than_a_copy_is_believed(httpserver: HTTPServer, feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(3, 2, 1))
    reader.polls()
    refreshed(httpserver).serves(rss(2, 1))
    assert reader.polls_one().outcome == "stale"
    reader.clock.moves(BELIEVED_AFTER + timedelta(minutes=1))
    poll = reader.polls_one()
    assert (poll.outcome, poll.gone_episodes, poll.listed) == ("changed", 1, 2)


@pytest.mark.parametrize(
    ("built_at", "listed", "expected"),
    [
        (None, [2, 1], True),
        (None, [1], True),
        (None, [3, 2, 1], False),
        (None, [3, 1], False),
        (None, [2], False),
        (None, [4, 2, 1], False),
        (None, [], False),
        (None, [2, 1, 0], True),
        (BEFORE, [3, 2, 1], True),
        (BEFORE, [2, 1], True),
        (BEFORE, [4, 3, 2, 1], False),
        (BEFORE, [3, 1], False),
        (NOW, [2, 1], False),
        (AFTER, [2, 1], False),
    ],
)
def test_which_body_is_an_older_copy(built_at: datetime | None, listed: list[int], expected: bool) -> None:
    read = show(built_at=NOW)
    fresh = feed(item(3), item(2), item(1), built_at=NOW)
    settings = ShowSettings(url=read.configured_url)
    known = merge_feed(read, (), fresh, settings=settings, timezone=ZoneInfo("UTC"), now=NOW).episodes
    body = feed(*[item(number) for number in listed], built_at=built_at)
    assert is_older_copy(read, known, body, match_items(known, body.items, read.show_id), NOW) is expected
