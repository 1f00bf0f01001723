"""``podcast-insights serve``: the pages as a host would serve them."""

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from podcast_insights.cli.serve import served
from podcast_insights.errors import SettingsError
from podcast_insights_tests.cli.conftest import Desk


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("serve") / "site"
    folder.mkdir()
    (folder / "index.html").write_text("home")
    (folder / "404.html").write_text("nothing is here")
    (folder.parent / "podcasts.yaml").write_text("secret")
    (folder / "days").mkdir()
    (folder / "days" / "index.html").write_text("days")
    (folder / "a.mp3").write_bytes(bytes(range(200)))
    with served(folder) as address:
        yield address


@pytest.mark.parametrize(("path", "content"), [("/", "home"), ("/days/", "days"), ("/days", "days")])
def test_a_folder_is_its_index(address: str, path: str, content: str) -> None:
    answer = requests.get(address + path, timeout=5)
    assert (answer.status_code, answer.text) == (200, content)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_player_may_ask_for_a_part(address: str) -> None:
    answer = requests.get(f"{address}/a.mp3", headers={"Range": "bytes=10-12"}, timeout=5)
    assert (answer.status_code, answer.content) == (206, bytes([10, 11, 12]))


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/../podcasts.yaml",
        "/%2e%2e/podcasts.yaml",
        "/..%2fpodcasts.yaml",
        "/days/%2e%2e/%2e%2e/podcasts.yaml",
    ],
)
def test_nothing_else_is_served(address: str, path: str) -> None:
    # As it is asked: requests would tidy the path up before.
    connection = HTTPConnection(urlsplit(address).netloc, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (404, b"nothing is here")
    connection.close()


def test_what_did_not_change_is_not_sent_again(address: str) -> None:
    first = requests.get(f"{address}/", timeout=5)
    assert first.headers["Cache-Control"] == "no-cache"
    again = requests.get(f"{address}/", headers={"If-None-Match": first.headers["ETag"]}, timeout=5)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("wanted", "content"), [("bytes=190-", range(190, 200)), ("bytes=-5", range(195, 200))])
def test_the_end_of_a_file_may_be_asked_for(address: str, wanted: str, content: range) -> None:
    answer = requests.get(f"{address}/a.mp3", headers={"Range": wanted}, timeout=5)
    assert (answer.status_code, answer.content) == (206, bytes(content))


def test_what_is_beyond_the_end_is_refused(address: str) -> None:
    answer = requests.get(f"{address}/a.mp3", headers={"Range": "bytes=500-"}, timeout=5)
    assert answer.status_code == 416


def test_what_the_checks_found_is_beside_the_pages(tmp_path: Path) -> None:
    site, data_docs = tmp_path / "site", tmp_path / "data_docs"
    for folder in (site, data_docs):
        (folder / "days").mkdir(parents=True)
        (folder / "index.html").write_text(folder.name)
    with served(site, data_docs=data_docs) as address:
        assert requests.get(f"{address}/", timeout=5).text == "site"
        assert requests.get(f"{address}/data-docs/", timeout=5).text == "data_docs"
        assert requests.get(f"{address}/data-docs/../../podcasts.yaml", timeout=5).status_code == 404
    with served(tmp_path / "none", data_docs=data_docs) as address:
        assert requests.get(f"{address}/data-docs/", timeout=5).text == "data_docs"


def test_without_pages_it_says_what_makes_them(tmp_path: Path, desk: Desk) -> None:
    with pytest.raises(SettingsError, match="podcast-insights digest makes them"), served(tmp_path):
        pass
    desk.writes("delivery: {publish_to: 'memory://bucket/site'}")
    assert "published to memory://bucket/site" in desk.fails("serve")
