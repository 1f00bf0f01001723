"""Rounds of polls against servers on loopback: what is asked, what is kept, and what a bad feed does."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.errors import StorageFullError
from podcast_insights.feeds.follow import settings_by_show
from podcast_insights.feeds.health import feed_health
from podcast_insights.feeds.identity import show_id_for
from podcast_insights.feeds.values import Episode, Show
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW, Clock, MemoryCatalog, rss
from podcast_insights_tests.feeds.rounds import HALF_HOUR, FeedServer, Round, refreshed

GUID = "<podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>"


def test_a_first_poll_records_the_show_and_its_episodes(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(2, 1), ETag='"v1"', Last_Modified="Tue, 19 Nov 2024 00:00:00 GMT")
    report = reader.polls()
    (poll,) = report.polls
    assert (poll.outcome, poll.http_status, poll.listed, poll.new_episodes) == ("changed", 200, 2, 2)
    assert poll.body_bytes == len(rss(2, 1))
    show = reader.catalog.only_show()
    assert show.show_id == show_id_for(feeds.url(), None) == poll.show_id
    assert (show.name, show.etag, show.status) == ("A Show", '"v1"', "active")
    assert (show.last_polled_at, show.next_poll_at) == (NOW, NOW + HALF_HOUR)
    assert len(reader.catalog.episodes_of(show.show_id)) == report.new_episodes == 2
    assert [body for _, _, body in reader.catalog.bodies] == [rss(2, 1)]


@pytest.mark.parametrize(
    "validators",
    [{"ETag": '"v1"'}, {"ETag": 'W/"v1"'}, {"Last_Modified": "Tue, 19 Nov 2024 00:00:00 GMT"}],
)
def test_what_did_not_change_is_not_read_again(feeds: FeedServer, reader: Round, validators: dict[str, str]) -> None:
    feeds.serves(rss(1), **validators)
    reader.polls()
    poll = reader.polls_one()
    assert (poll.outcome, poll.http_status, poll.listed, poll.new_episodes) == ("not_modified", 304, 1, 0)
    assert len(reader.catalog.bodies) == 1
    assert reader.polls_one().outcome == "not_modified"


@pytest.mark.parametrize("validators", [{"ETag": '"v1"'}, {}])
def test_what_did_not_change_is_neither_read_from_the_catalogue_nor_written(
    feeds: FeedServer, reader: Round, validators: dict[str, str]
) -> None:
    feeds.serves(rss(2, 1), **validators)
    reader.polls()
    reader.catalog.read.clear()
    reader.catalog.rewritten.clear()
    reader.clock.moves(HALF_HOUR)
    reader.polls()
    assert (reader.catalog.read, reader.catalog.rewritten) == ([], [])
    assert reader.catalog.only_show().last_polled_at == NOW + HALF_HOUR


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_feed_that_fails_is_asked_less_and_less_often_and_recovers(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round, status: int
) -> None:
    feeds.answers(status)
    waits = []
    for _ in range(8):
        reader.polls()
        waits.append((reader.catalog.only_show().next_poll_at or NOW) - reader.clock.at)
    assert waits == [timedelta(hours=hours) for hours in (1, 2, 4, 8, 16, 24, 24, 24)]
    refreshed(httpserver).serves(rss(1))
    assert reader.polls_one().new_episodes == 1
    assert reader.catalog.only_show().failures_in_a_row == 0


def test_what_was_dropped_is_told_with_its_reason(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(1).replace(b"</channel>", b"<item/><item><description>?</description></item></channel>"))
    poll = reader.polls_one()
    assert (poll.new_episodes, poll.dropped_items) == (1, 2)
    assert poll.drop_reasons == ("has no title, guid, link or enclosure",)


def test_the_same_body_without_validators_is_unchanged(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(1))
    reader.polls()
    assert reader.polls_one().outcome == "unchanged"
    assert len(reader.catalog.bodies) == 1


def test_validators_are_left_out_where_episodes_were_lost(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(2, 1), ETag='"v1"')
    reader.polls()
    reader.catalog.loses_episodes()
    poll = reader.polls_one()
    assert "If-None-Match" not in feeds.requests[-1].headers
    assert (poll.outcome, poll.new_episodes) == ("changed", 2)


def test_an_answer_that_nothing_changed_to_no_question_is_a_failure(feeds: FeedServer, reader: Round) -> None:
    feeds.answers(304)
    poll = reader.polls_one()
    assert (poll.outcome, poll.http_status) == ("failed", 304)


def test_episodes_come_go_and_come_back(httpserver: HTTPServer, feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(2, 1))
    reader.polls()
    refreshed(httpserver).serves(rss(3, 2))
    poll = reader.polls_one()
    assert (poll.outcome, poll.listed, poll.new_episodes, poll.gone_episodes) == ("changed", 2, 1, 1)
    refreshed(httpserver).serves(rss(3, 2, 1))
    poll = reader.polls_one()
    assert (poll.listed, poll.new_episodes, poll.changed_episodes, poll.gone_episodes) == (3, 0, 1, 0)


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "show_status", "due_in"),
    [
        (401, {}, "failed", "failing", timedelta(hours=1)),
        (403, {}, "failed", "failing", timedelta(hours=1)),
        (404, {}, "failed", "failing", timedelta(hours=1)),
        (500, {}, "failed", "failing", timedelta(hours=1)),
        (503, {"Retry_After": "7200"}, "failed", "failing", timedelta(hours=2)),
        (302, {"Location": "http://127.0.0.1:1/feed"}, "failed", "failing", timedelta(hours=1)),
        (410, {}, "gone", "failing", timedelta(hours=1)),
    ],
)
def test_a_first_poll_that_fails_is_recorded(
    feeds: FeedServer,
    reader: Round,
    status: int,
    headers: dict[str, str],
    outcome: str,
    show_status: str,
    due_in: timedelta,
) -> None:
    feeds.answers(status, **headers)
    poll = reader.polls_one()
    assert poll.outcome == outcome
    assert poll.http_status == (None if status == 302 else status)
    show = reader.catalog.only_show()
    assert show.show_id == show_id_for(feeds.url(), None)
    assert (show.status, show.failures_in_a_row, show.last_error) == (show_status, 1, poll.error)
    assert show.next_poll_at == NOW + due_in


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"<html>403</html>", "web page"), (b"", "empty"), (rss(*range(1, 200)), "larger|limit")],
)
def test_a_body_that_is_no_feed_changes_no_episode(
    httpserver: HTTPServer, feeds: FeedServer, reader: Round, body: bytes, message: str
) -> None:
    feeds.serves(rss(1))
    reader.polls()
    refreshed(httpserver).serves(body)
    poll = reader.polls_one()
    assert poll.outcome == "failed"
    assert any(word in str(poll.error) for word in message.split("|"))
    show = reader.catalog.only_show()
    assert (show.status, show.failures_in_a_row) == ("failing", 1)
    assert [episode.gone_at for episode in reader.catalog.episodes_of(show.show_id)] == [None]
    refreshed(httpserver).serves(rss(1))
    assert reader.polls_one().outcome == "unchanged"
    assert (reader.catalog.only_show().status, reader.catalog.only_show().failures_in_a_row) == ("active", 0)
    assert reader.catalog.only_show().last_error is None


def test_reads_a_packed_feed(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(gzip.compress(rss(1)), Content_Encoding="gzip")
    assert reader.polls_one().new_episodes == 1


def test_one_bad_feed_never_stops_the_others(feeds: FeedServer) -> None:
    paths = ["/bad", "/worse", "/good", "/damaged"]
    feeds.answers(500, "/bad")
    feeds.serves(b"<html>", "/worse")
    feeds.serves(rss(1), "/good")
    reader = Round(*[ShowSettings(url=feeds.url(path)) for path in paths])
    reader.catalog.damaged.add(show_id_for(feeds.url("/damaged"), None))
    report = reader.polls()
    outcomes = {poll.show_id: poll.outcome for poll in report.polls}
    assert [outcomes[show_id_for(feeds.url(path), None)] for path in paths] == ["failed", "failed", "changed", "failed"]
    assert report.new_episodes == 1
    assert len(reader.catalog.saved) == 4, "the failure is told"
    assert reader.catalog.rewritten == [show_id_for(feeds.url("/good"), None)], "what cannot be read stays"


def test_only_what_is_due_is_asked(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(1), Cache_Control="max-age=7200")
    assert len(reader.polls(only_due=True).polls) == 1
    assert reader.polls(only_due=True).not_due == 1
    reader.clock.moves(timedelta(hours=1))
    assert reader.polls(only_due=True).polls == ()
    reader.clock.moves(timedelta(hours=1))
    assert len(reader.polls(only_due=True).polls) == 1


def test_a_paused_show_is_not_asked(feeds: FeedServer) -> None:
    reader = Round(ShowSettings(url=feeds.url(), paused=True))
    assert reader.polls().polls == ()
    assert reader.catalog.saved == {}


def test_the_most_overdue_is_asked_first_and_the_rest_waits_for_the_next_round(feeds: FeedServer) -> None:
    for path in ("/a", "/b", "/c"):
        feeds.serves(rss(1), path)
    reader = Round(*[ShowSettings(url=feeds.url(path)) for path in ("/a", "/b")])
    reader.settings = reader.settings.model_copy(update={"workers": 1})
    reader.polls()
    reader.shows = (*reader.shows, ShowSettings(url=feeds.url("/c")))
    reader.clock = Clock(NOW + timedelta(days=1), step=timedelta(seconds=1))
    report = reader.polls(only_due=True, budget_s=1.5)
    assert [poll.show_id for poll in report.polls] == [show_id_for(feeds.url("/c"), None)]
    assert (report.out_of_time, report.not_due) == (2, 0)
    assert reader.catalog.saved[show_id_for(feeds.url("/a"), None)].failures_in_a_row == 0


def test_a_podcast_guid_names_the_show_and_keeps_it_at_a_new_address(feeds: FeedServer) -> None:
    feeds.serves(rss(1, channel=GUID), "/old")
    feeds.serves(rss(2, 1, channel=GUID), "/new")
    reader = Round(ShowSettings(url=feeds.url("/old")))
    show_id = reader.polls_one().show_id
    assert show_id != show_id_for(feeds.url("/old"), None)
    reader.shows = (ShowSettings(url=feeds.url("/new"), name="Mine", language="de"),)
    poll = reader.polls_one()
    assert (poll.show_id, poll.new_episodes) == (show_id, 1)
    show = reader.catalog.only_show()
    assert (show.configured_url, show.name, show.language) == (feeds.url("/new"), "Mine", "de")


def test_a_language_that_is_taken_out_of_the_settings_gives_way_to_the_feeds(feeds: FeedServer) -> None:
    feeds.serves(rss(1, channel="<language>en</language>"), ETag='"v1"')
    reader = Round(ShowSettings(url=feeds.url(), language="de"))
    reader.polls()
    assert reader.catalog.only_show().language == "de"
    reader.shows = (ShowSettings(url=feeds.url()),)
    assert reader.polls_one().outcome == "not_modified"
    (settings,) = settings_by_show(reader.shows, reader.catalog.shows()).values()
    assert settings.language == reader.catalog.only_show().language == "en"


def test_a_corrected_spelling_of_the_address_is_the_same_show(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(1))
    reader.polls()
    reader.shows = (ShowSettings(url=feeds.url("/feed#top")),)
    poll = reader.polls_one()
    assert (poll.outcome, poll.new_episodes) == ("unchanged", 0)
    assert reader.catalog.only_show().configured_url == feeds.url("/feed#top")


@pytest.mark.parametrize("path", ["/feed/", "/elsewhere"])
def test_a_show_whose_address_was_corrected_is_due_and_followed_at_once(
    feeds: FeedServer, reader: Round, path: str
) -> None:
    feeds.serves(rss(1, channel=GUID), Cache_Control="max-age=86400")
    reader.polls()
    feeds.serves(rss(1, channel=GUID), path)
    reader.shows = (ShowSettings(url=feeds.url(path)),)
    reader.catalog.saved = {
        each.show_id: replace(each, aliases=(feeds.url("/elsewhere"),)) for each in reader.catalog.shows()
    }
    report = reader.polls(only_due=True)
    (show_id,) = reader.catalog.saved
    assert report.not_due == 0
    assert set(settings_by_show(reader.shows, report.shows)) == {show_id}


def test_a_failing_feed_is_asked_at_its_corrected_address_at_once(feeds: FeedServer, reader: Round) -> None:
    feeds.answers(404)
    for _ in range(8):
        reader.polls()
    feeds.serves(rss(1), "/feed/")
    reader.shows = (ShowSettings(url=feeds.url("/feed/")),)
    (poll,) = reader.polls(only_due=True).polls
    assert (poll.outcome, poll.new_episodes) == ("changed", 1)


def test_a_feed_cannot_take_over_another_configured_show(feeds: FeedServer) -> None:
    feeds.serves(rss(1, channel=GUID), "/one")
    feeds.serves(rss(9, channel=GUID), "/two")
    reader = Round(ShowSettings(url=feeds.url("/one")))
    first = reader.polls_one().show_id
    reader.shows = (*reader.shows, ShowSettings(url=feeds.url("/two")))
    reader.polls()
    assert set(reader.catalog.saved) == {first, show_id_for(feeds.url("/two"), None)}
    assert len(reader.catalog.episodes_of(first)) == 1


def test_the_same_address_twice_is_reported_and_recorded_once(feeds: FeedServer) -> None:
    feeds.serves(rss(1), "/feed")
    reader = Round(ShowSettings(url=feeds.url("/feed")), ShowSettings(url=feeds.url("/feed#again")))
    polls = reader.polls().polls
    assert sorted(poll.outcome for poll in polls) == ["changed", "failed"]
    assert any("the same show as" in (poll.error or "") for poll in polls)
    assert reader.catalog.only_show().status == "active"


def test_the_same_show_in_another_spelling_is_not_asked_at_every_round(feeds: FeedServer) -> None:
    feeds.serves(rss(1))
    reader = Round(ShowSettings(url=feeds.url("/feed")), ShowSettings(url=feeds.url("/feed#again")))
    reader.polls()
    reader.clock.moves(timedelta(minutes=5))
    assert reader.polls(only_due=True).polls == ()
    (told,) = [row.problem for row in feed_health(reader.shows, reader.catalog.shows(), {}) if row.problem]
    assert told == f"it is the same show as {feeds.url('/feed')}; remove one of them from podcasts.yaml"


class _FullCatalog(MemoryCatalog):
    def save(self, show: Show, episodes: tuple[Episode, ...]) -> None:
        raise StorageFullError(f"no space left for {show.show_id}, {len(episodes)} episodes")


def test_a_full_disk_stops_the_round(feeds: FeedServer, reader: Round) -> None:
    feeds.serves(rss(1))
    reader.catalog = _FullCatalog()
    with pytest.raises(StorageFullError):
        reader.polls()
