"""Adding a show: the feed is read first, and the settings stay a person's own file."""

import pytest
import yaml
from pytest_httpserver import HTTPServer

from podcast_insights.cli.podcasts_file import with_shows
from podcast_insights.settings import load_settings
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.feeds.fakes import rss

OWN = """# My shows, please keep this line.
feeds:
  allow_hosts: [127.0.0.1, localhost]   # for tests

shows:
  # the first one
  - url: "https://example.org/feed.xml"   # quoted
    name: One

digest:
  top_n: 3  # enough
"""


@pytest.fixture
def feed_url(httpserver: HTTPServer) -> str:
    httpserver.expect_request("/feed.xml").respond_with_data(
        rss(98, 99, title="Heat [/bold] & Pumps"), content_type="application/rss+xml"
    )
    return httpserver.url_for("/feed.xml")


def test_adds_a_show_and_keeps_everything_else(desk: Desk, feed_url: str) -> None:
    desk.writes(OWN)

    result = desk.runs("add", feed_url)

    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Added Heat [/bold] & Pumps" in said
    assert "lists 2 episodes" in said
    added, kept = desk.reads(), [line for line in OWN.splitlines() if line.strip()]
    assert [line for line in kept if line not in added.splitlines()] == []
    assert [(show.url, show.name) for show in load_settings(desk.path).shows] == [
        ("https://example.org/feed.xml", "One"),
        (feed_url, "Heat [/bold] & Pumps"),
    ]


def test_the_reader_may_name_it(desk: Desk, feed_url: str) -> None:
    desk.writes(OWN)

    desk.runs("add", feed_url, "--name", "Pumps: all of them")

    assert load_settings(desk.path).shows[-1].name == "Pumps: all of them"


def test_a_show_that_is_there_is_not_added_twice(desk: Desk, feed_url: str) -> None:
    desk.writes(OWN)
    desk.runs("add", feed_url)
    before = desk.reads()

    assert f"lists {feed_url} already" in desk.fails("add", feed_url)
    assert desk.reads() == before


def test_a_show_that_is_there_in_another_spelling_is_not_added_twice(desk: Desk) -> None:
    desk.writes(OWN)

    assert "lists https://example.org/feed.xml already" in desk.fails("add", "http://EXAMPLE.org/feed.xml/")
    assert desk.reads() == OWN


def test_a_feed_that_cannot_be_read_adds_nothing(desk: Desk, httpserver: HTTPServer) -> None:
    desk.writes(OWN)
    httpserver.expect_request("/page").respond_with_data("<html><body>Hello</body></html>", content_type="text/html")

    assert "feed" in desk.fails("add", httpserver.url_for("/page"))
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    assert "410" in desk.fails("add", httpserver.url_for("/gone"))
    assert desk.reads() == OWN


def test_a_private_address_is_reached_only_where_that_is_allowed(desk: Desk, feed_url: str) -> None:
    assert "feeds.allow_hosts" in desk.fails("add", feed_url)
    assert not desk.path.exists()


@pytest.mark.parametrize("url", ["ftp://example.org/feed.xml", "feed.xml", ""])
def test_what_is_no_address_is_refused(desk: Desk, url: str) -> None:
    assert "http" in desk.fails("add", url)
    assert not desk.path.exists()


def test_the_first_file_is_made_from_the_example(desk: Desk, feed_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODCAST_INSIGHTS_FEEDS__ALLOW_HOSTS", '["127.0.0.1", "localhost"]')

    assert desk.runs("add", feed_url).exit_code == 0

    assert [show.url for show in load_settings(desk.path).shows] == [feed_url]
    written = desk.reads()
    assert "example.com/feeds" not in written
    assert "# lookback_days: 3" in written, "the example's comments say what else there is"


@pytest.mark.parametrize(
    "content", [b"", b"# nothing yet\n", b"# no end of line", b"shows:\n", b"digest:\n  top_n: 3\n"]
)
def test_settings_without_shows_get_their_first_one(content: bytes) -> None:
    written = with_shows(content, [("https://example.org/f", "One")]).decode()

    assert yaml.safe_load(written)["shows"] == [{"url": "https://example.org/f", "name": "One"}]
    assert "- url: https://example.org/f\n    name: One" in written
    assert all(line in written for line in content.decode().splitlines())
