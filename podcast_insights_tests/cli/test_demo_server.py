"""The demo's own web: what it serves in which phase, and how."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import requests
import yaml
from rich.console import Console

from podcast_insights.bundled import bundled_path
from podcast_insights.cli.demo import print_skipped
from podcast_insights.cli.demo_server import DemoSite, demo_server, read_plan
from podcast_insights.errors import SettingsError
from podcast_insights.settings import load_settings
from podcast_insights.skips import Skip, Stage
from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.storage.examples import DAY, NOW, a_show, an_episode

DEMO = bundled_path("demo")
LATE = "/feeds/pipeline-weather.xml"


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with demo_server(DEMO) as site:
        yield site


def ask(site: DemoSite, path: str, **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(site.base_url + path, headers=headers, timeout=10)


def items(site: DemoSite, path: str) -> int:
    return ask(site, path).text.count("<item>")


def test_an_episode_appears_when_its_phase_begins(site: DemoSite) -> None:
    late = next(phase["first_day"] for phase in site.plan["phases"] if phase["phase"] == 2)
    found = []
    for day in (date.min, late.replace(day=late.day - 1), late, date.max):
        site.phase_for(day)
        found.append(items(site, LATE))

    assert found[0] == found[1] == found[2] - 1
    assert found[2] == found[3]


def test_a_feed_is_not_sent_again_while_it_is_the_same(site: DemoSite) -> None:
    site.phase_for(date.min)
    first = ask(site, LATE)
    etag = first.headers["ETag"]
    assert "xml" in first.headers["Content-Type"]

    again = ask(site, LATE, **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")

    site.phase_for(date.max)
    changed = ask(site, LATE, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_a_feed_without_validators_comes_whole_each_time(site: DemoSite) -> None:
    (path,) = site.plan["without_etag"]

    answer = ask(site, path, **{"If-None-Match": "*"})

    assert answer.status_code == 200
    assert not {"ETag", "Last-Modified"} & set(answer.headers)


def test_a_broken_feed_is_a_web_page_that_says_200(site: DemoSite) -> None:
    (path,) = site.plan["broken_feeds"]

    answer = ask(site, path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<html" in answer.text


def test_addresses_in_feeds_lead_to_this_server(site: DemoSite) -> None:
    shows = yaml.safe_load((DEMO / "podcasts.yaml").read_text())["shows"]
    for path in [show["url"].removeprefix("{base}") for show in shows]:
        assert "{base}" not in ask(site, path).text
    assert f"{site.base_url}/audio/" in ask(site, LATE).text


def test_a_player_can_jump_to_a_second(site: DemoSite) -> None:
    audio = next((DEMO / "site" / "audio").rglob("*.opus"))
    path = "/" + audio.relative_to(DEMO / "site").as_posix()

    answer = ask(site, path, Range="bytes=100-199")

    assert answer.status_code == 206
    assert answer.content == audio.read_bytes()[100:200]
    assert answer.headers["Content-Range"] == f"bytes 100-199/{audio.stat().st_size}"


@pytest.mark.parametrize("path", ["/feeds/nothing.xml", "/nothing", "/../demo.yaml", "/%2e%2e/demo.yaml"])
def test_what_is_not_there_is_404(site: DemoSite, path: str) -> None:
    assert ask(site, path).status_code == 404


def test_a_taken_port_says_what_to_do(site: DemoSite) -> None:
    port = int(site.base_url.rpartition(":")[2])

    with pytest.raises(SettingsError, match=f"Port {port} .* is taken"), demo_server(DEMO, port):
        pytest.fail("two servers at one port")


def test_the_demos_settings_are_valid_and_cover_the_plan(tmp_path: Path, desk: Desk) -> None:
    text = (DEMO / "podcasts.yaml").read_text(encoding="utf-8")
    desk.writes(text.replace("{base}", "http://127.0.0.1:1"))

    settings = load_settings(desk.path)

    plan = read_plan(DEMO)
    assert settings.digest.start_date == plan["days"]["first"] <= plan["days"]["last"]
    assert len(settings.shows) == 6
    assert "127.0.0.1" in settings.feeds.allow_hosts


def test_serving_needs_a_demo_that_was_run(desk: Desk) -> None:
    assert "run 'podcast-insights demo' first" in desk.fails("demo", "--serve")


def test_what_was_skipped_is_named_with_its_reason(tmp_path: Path) -> None:
    def a_skip(stage: Stage, subject_id: str) -> Skip:
        return Skip(
            stage=stage, show_id="show1", subject_id=subject_id, reason="r", message="It failed.", retryable=False
        )

    store = Store(str(tmp_path))
    store.catalog.save(a_show(), [an_episode("one", title="Cold dough")])
    store.skipped.replace("transcripts", DAY, [a_skip("transcripts", "one")], now=NOW)
    store.skipped.replace("feeds", None, [a_skip("feeds", "show1")], now=NOW)
    said = StringIO()

    print_skipped(Console(file=said, width=200), store)

    assert said.getvalue().splitlines()[2:] == ["  feeds: It failed.", "  transcripts: Cold dough: It failed."]
