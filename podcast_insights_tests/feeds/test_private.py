"""Private feeds: read like any other, and no address, login or token of theirs is kept or shown anywhere."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podcast_insights.errors import PodcastInsightsError, RefusedError
from podcast_insights.feeds.decide import merge_older_items
from podcast_insights.feeds.identity import match_items
from podcast_insights.feeds.media import media_kind
from podcast_insights.feeds.private import PrivateWeb, unnamed, without_addresses
from podcast_insights.feeds.values import Enclosure, TranscriptLink
from podcast_insights.settings import FeedSettings, ShowSettings
from podcast_insights.web.client import WebClient
from podcast_insights.web.redact import redact_url
from podcast_insights_tests.feeds.fakes import NOW, Clock, feed, item, show
from podcast_insights_tests.feeds.rounds import Round

LOGIN, TOKEN = "pass-4711", "token-0815"
NAME = "env:MY_FEED"
LIMITS = {"max_bytes": 10_000, "timeout_s": 5}


class PatreonHost:
    """Serves a private feed behind a login; each reading of it signs the addresses of its files anew."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.readings = 0
        self.login: list[str | None] = []
        server.expect_request(f"/{TOKEN}/feed").respond_with_handler(self._feed)
        server.expect_request(f"/{TOKEN}/moved").respond_with_handler(self._moved)
        server.expect_request("/files/1.mp3").respond_with_handler(self._file)
        server.expect_request("/files/1.vtt").respond_with_handler(self._file)

    def address(self, path: str = "feed") -> str:
        return self._server.url_for(f"/{TOKEN}/{path}").replace("://", f"://me:{LOGIN}@")

    def _feed(self, request: Request) -> Response:
        self.login.append(request.authorization and request.authorization.password)
        if not request.authorization:
            return Response(status=401)
        self.readings += 1
        at = self._server.url_for("/files")
        signed = f"?auth={TOKEN}&amp;signature={self.readings}"
        return Response(
            f"""<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
            <title>Mine</title><link>{at}/{TOKEN}</link><item><guid>one</guid><title>One</title>
            <link>{at}/{TOKEN}</link><pubDate>Wed, 20 Nov 2024 10:00:00 GMT</pubDate>
            <enclosure url="{at}/1.mp3{signed}" type="audio/mpeg" length="5"/>
            <podcast:transcript url="{at}/1.vtt{signed}" type="text/vtt"/></item></channel></rss>"""
        )

    def _moved(self, _: Request) -> Response:
        return Response(status=301, headers={"Location": self._server.url_for(f"/{TOKEN}/feed")})

    def _file(self, request: Request) -> Response:
        has_login = request.authorization and request.authorization.password == LOGIN
        is_signed = request.args.get("auth") == TOKEN and request.args.get("signature") == str(self.readings)
        return Response(b"sound" if has_login and is_signed else b"", status=200 if has_login and is_signed else 403)


@pytest.fixture
def host(httpserver: HTTPServer) -> PatreonHost:
    return PatreonHost(httpserver)


def web_for(address: str, clock: Clock | None = None) -> PrivateWeb:
    client = WebClient("tests", ["localhost"], secret_urls={NAME: address})
    return PrivateWeb(client, settings=FeedSettings(timeout_s=5), now=clock or Clock())


def reader_of(address: str) -> Round:
    reader = Round(ShowSettings(url=NAME))
    reader.web = web_for(address, reader.clock)
    return reader


def all_that_is_kept(reader: Round) -> str:
    catalog = reader.catalog
    return f"{catalog.saved} {catalog.episodes} {catalog.bodies}"


def test_a_private_feed_is_read_and_nothing_of_its_addresses_is_kept(host: PatreonHost) -> None:
    reader = reader_of(host.address())
    poll = reader.polls_one()

    (episode,) = reader.catalog.episodes[poll.show_id]
    kept = f"{all_that_is_kept(reader)} {poll}"
    assert (poll.outcome, poll.error, episode.title) == ("changed", None, "One")
    assert host.login == [LOGIN]
    assert reader.catalog.only_show().feed_url == NAME
    assert LOGIN not in kept
    assert TOKEN not in kept
    assert "localhost" not in kept
    assert media_kind(episode.enclosure) == "audio"


def test_new_signatures_change_nothing(host: PatreonHost) -> None:
    reader = reader_of(host.address())
    reader.polls()
    reader.clock.moves(timedelta(hours=1))
    poll = reader.polls_one()

    assert host.readings == 2
    assert (poll.outcome, poll.new_episodes, poll.changed_episodes) == ("unchanged", 0, 0)


def test_its_files_are_found_at_their_present_addresses(host: PatreonHost, tmp_path: Path) -> None:
    reader = reader_of(host.address())
    poll = reader.polls_one()
    (episode,) = reader.catalog.episodes[poll.show_id]

    audio = reader.web.download(episode.enclosure.url, tmp_path / "audio", **LIMITS)
    words = reader.web.get(episode.transcript_links[0].url, **LIMITS)

    assert (tmp_path / "audio").read_bytes() == words.body == b"sound"
    assert audio.size_bytes == 5
    # Once for the poll, and once for both files.
    assert host.readings == 2


def test_a_feed_that_was_read_a_while_ago_is_read_again(host: PatreonHost) -> None:
    reader = reader_of(host.address())
    (episode,) = reader.catalog.episodes[reader.polls_one().show_id]
    reader.web.get(episode.transcript_links[0].url, **LIMITS)
    reader.clock.moves(timedelta(minutes=11))
    reader.web.get(episode.transcript_links[0].url, **LIMITS)

    assert host.readings == 3


def test_a_login_that_is_refused_is_not_tried_for_each_file(host: PatreonHost) -> None:
    clock = Clock()
    web = web_for(host.address().replace(f"me:{LOGIN}@", ""), clock)
    for number in range(3):
        with pytest.raises(RefusedError, match=f"^private:MY_FEED/{number}.vtt answered 401") as raised:
            web.get(f"private:MY_FEED/{number}.vtt", **LIMITS)
        assert raised.value.status == 401
    assert len(host.login) == 1

    clock.moves(timedelta(minutes=11))
    with pytest.raises(RefusedError):
        web.get("private:MY_FEED/0.vtt", **LIMITS)
    assert len(host.login) == 2


def test_a_permanent_redirect_of_a_secret_address_is_followed_and_not_kept(host: PatreonHost) -> None:
    reader = reader_of(host.address("moved"))
    for _ in range(3):
        poll = reader.polls_one()
        reader.clock.moves(timedelta(hours=1))

    assert poll.error is None
    assert reader.catalog.only_show().feed_url == NAME
    assert TOKEN not in all_that_is_kept(reader)


@pytest.mark.parametrize(
    "fail",
    [
        lambda host, tmp: web_for(host.address("nothing")).get(NAME, **LIMITS),
        lambda host, tmp: web_for(f"http://localhost:1/{TOKEN}").get(NAME, **LIMITS),
        lambda host, tmp: web_for(f"http://192.168.0.1/{TOKEN}").get(NAME, **LIMITS),
        lambda host, tmp: web_for(host.address()).get(NAME, max_bytes=10, timeout_s=5),
        lambda host, tmp: web_for(host.address()).get("private:MY_FEED/other/enclosure.mp3", **LIMITS),
        lambda host, tmp: web_for(host.address()).download("private:OTHER/x/enclosure.mp3", tmp / "a", **LIMITS),
    ],
)
def test_no_error_tells_an_address(
    host: PatreonHost, tmp_path: Path, fail: Callable[[PatreonHost, Path], object]
) -> None:
    with pytest.raises(PodcastInsightsError) as raised:
        fail(host, tmp_path)

    told = "".join(traceback.format_exception(raised.value))
    message = str(raised.value)
    assert message.startswith(("env:", "private:"))
    assert TOKEN not in message
    assert LOGIN not in told
    assert raised.value.__cause__ is None


def test_a_page_in_place_of_a_private_feed_is_told_without_its_address(httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"/{TOKEN}").respond_with_data("<html><body>Log in</body></html>")
    poll = reader_of(httpserver.url_for(f"/{TOKEN}")).polls_one()

    assert poll.outcome == "failed"
    assert "web page" in (poll.error or "")
    assert TOKEN not in (poll.error or "")


def test_a_status_is_kept_without_the_address(host: PatreonHost) -> None:
    with pytest.raises(RefusedError, match=r"^env:MY_FEED answered 401") as raised:
        web_for(host.address().replace(f"me:{LOGIN}@", "")).get(NAME, **LIMITS)

    assert raised.value.status == 401


def test_items_without_guids_are_told_apart_however_their_addresses_change() -> None:
    def listed(token: str) -> tuple[object, ...]:
        items = [
            replace(
                item(number, guid=None),
                enclosure=Enclosure(url=f"https://cdn.example.com/{token}/{number}.mp3"),
                chapters_url=f"https://cdn.example.com/{token}/{number}.json",
                transcript_links=(TranscriptLink(url=f"https://cdn.example.com/{token}/{number}.vtt"),),
            )
            for number in (1, 2)
        ]
        return without_addresses(feed(*items), NAME).items

    assert listed("a") == listed("b")
    assert len({match.episode_id for match in match_items((), listed("a"), "show")}) == 2


def test_items_whose_guids_are_signed_addresses_stay_the_same_under_other_signatures() -> None:
    def listed(signature: str) -> tuple[object, ...]:
        signed = [f"https://files.example.com/{number}.mp3?sign={signature}" for number in (1, 2)]
        guids = [*signed, "https://example.com/?p=1", "https://example.com/?p=2"]
        items = [item(number, guid=guid) for number, guid in enumerate(guids)]
        return without_addresses(feed(*items), NAME).items

    assert listed("a") == listed("b")
    assert len({match.episode_id for match in match_items((), listed("a"), "show")}) == 4


@pytest.mark.parametrize("notes", ["<img src='{}'>", '<a href="{}">x</a>', "See {} now.", "<A HREF=HTTPS:{}>x</A>"])
def test_no_address_is_kept_in_guids_and_notes(notes: str) -> None:
    address = f"https://files.example.com/1?auth={TOKEN}"
    written = notes.format(address.removeprefix("https:") if "HTTPS" in notes else address)
    (one,) = without_addresses(feed(item(1, guid=address, show_notes=written)), NAME).items

    assert TOKEN not in str(one)
    assert "files.example.com" not in str(one)
    assert one.show_notes == notes.format(NAME).replace("HTTPS:", "")


def test_an_episode_whose_guid_was_kept_as_an_address_stays_the_same() -> None:
    address = f"https://files.example.com/1?auth={TOKEN}"
    (masked,) = without_addresses(feed(item(1, guid=address)), NAME).items
    before = [replace(masked, guid=address)]
    (known,) = merge_older_items(show(), (), before, timezone=ZoneInfo("UTC"), now=NOW).episodes

    (now,) = match_items([known], [masked], "show")

    assert now.known == known


@pytest.mark.parametrize("address", [f"ftp://a.example/{TOKEN}/f", f"https://a.example/my show/{TOKEN}/f"])
def test_no_error_names_an_address_of_any_scheme_or_with_a_space_in_it(address: str) -> None:
    with pytest.raises(RefusedError, match=rf"^{NAME} answered 404$"), unnamed(NAME):
        raise RefusedError(f"{redact_url(address)} answered 404")
