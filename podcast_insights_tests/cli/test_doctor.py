"""The doctor: one line for each part, and what to do where one does not work."""

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.cli.doctor import findings
from podcast_insights.defs.assets.feeds import poll_and_record
from podcast_insights.defs.resources import utc_now
from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store
from podcast_insights.web.client import WebClient
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.feeds.fakes import rss
from podcast_insights_tests.storage.examples import a_show
from podcast_insights_tests.transcripts.speech_server import FakeSpeechServer


def by_part() -> dict[str, tuple[str, str]]:
    return {finding.part: (finding.state, finding.detail) for finding in findings()}


def test_broken_settings_are_the_only_finding(desk: Desk) -> None:
    desk.writes("digest: {timezone: Europe/Berlim}\n")

    (finding,) = findings()

    assert (finding.part, finding.state) == ("settings", "does not")
    assert "did you mean Europe/Berlin?" in finding.detail


def test_where_nothing_is_set_it_says_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODCAST_INSIGHTS_TRANSCRIPTION__MODEL", "enormous")

    found = by_part()

    assert found["settings"][0] == "does not"
    assert "podcast-insights add" in found["settings"][1]
    assert found["storage"][0] == "works"
    assert found["feeds"] == ("not set", "no feed was polled yet: podcast-insights digest")
    assert found["whisper device"][0] == "works"
    assert found["whisper model"][0] == "does not"
    assert "transcription.model" in found["whisper model"][1]
    assert found["language model"][0] == "not set"
    assert found["mail"][0] == "not set"


def test_a_store_of_a_kind_that_is_not_known_is_one_finding_among_others(desk: Desk) -> None:
    desk.writes("storage: {base_url: 'nfs://host/data'}\ntranscription: {model: enormous}\n")

    found = by_part()

    assert found["storage"][0] == "does not"
    assert "nfs://" in found["storage"][1]
    assert {"settings", "whisper model", "language model", "mail"} <= set(found)


@pytest.mark.parametrize(("status", "state"), [(None, "works"), (401, "does not")])
def test_a_transcription_server_is_asked(desk: Desk, httpserver: HTTPServer, status: int | None, state: str) -> None:
    server = FakeSpeechServer(httpserver)
    server.refuses(status) if status else server.hears()
    desk.writes(f"transcription: {{engine: openai, model: parrot-1, base_url: '{server.base_url}'}}\n")

    found = by_part()

    assert found["speech server"][0] == state
    assert "parrot-1 at" in found["speech server"][1].replace("answers ", "")
    assert len(server.sent) == 1
    assert "whisper model" not in found


def test_a_store_that_cannot_be_read_is_one_finding_among_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    desk.writes("shows: [{url: 'https://example.org/feed.xml'}]\nstorage: {base_url: 's3://bucket/nowhere'}\n")

    found = by_part()

    assert found["storage"][0] == "does not"
    assert "credentials" in found["storage"][1]
    assert "feeds" not in found
    assert found["settings"] == ("works", f"{desk.path}: 1 show")


@pytest.mark.parametrize("setting", ["unsubscribe: nowhere", "feedback: nowhere"])
def test_a_setting_without_which_no_mail_can_be_written_is_found_before_the_night(desk: Desk, setting: str) -> None:
    desk.writes(
        f"delivery: {{{setting}, recipients: [{{address: you@example.org}}], smtp: {{host: 127.0.0.1, port: 9}}}}\n"
    )

    state, detail = by_part()["mail"]

    assert state == "does not"
    assert f"delivery.{setting.partition(':')[0]} must be" in detail


def test_shows_that_are_followed_no_more_are_not_counted(desk: Desk) -> None:
    desk.writes("shows: [{url: 'https://show1.example.org/feed.xml'}]\n")
    catalog = Store(str(desk.path.with_name("data"))).catalog
    catalog.save(a_show("show1", last_error="it answered 500"), [])
    catalog.save(a_show("show2"), [])

    assert by_part()["feeds"] == ("works", "0 of 1 shows can be read")


def test_a_paused_show_neither_fails_nor_can_be_read(desk: Desk) -> None:
    desk.writes("shows: [{url: 'https://show1.example.org/feed.xml', paused: true}]\n")
    Store(str(desk.path.with_name("data"))).catalog.save(a_show("show1", last_error="it answered 500"), [])

    found = by_part()

    assert found["feeds"] == ("works", "0 of 0 shows can be read, 1 paused")
    assert "feed" not in found


def test_the_table_shows_details_as_they_are_and_ends_with_1(desk: Desk) -> None:
    desk.writes("digest: {timezone: '[bold]nowhere[/]'}\n")

    said = desk.fails("doctor")

    assert "does not" in said
    assert "[bold]nowhere[/]" in said


def test_feeds_are_shown_worst_first_and_one_that_fails_ends_with_1(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/good.xml").respond_with_data(rss(1, 2, title="Good [bold]"))
    good, bad = httpserver.url_for("/good.xml"), httpserver.url_for("/bad.xml")
    desk.writes(
        f"shows: [{{url: '{good}'}}, {{url: '{bad}', name: Bad}}]\nfeeds: {{allow_hosts: [localhost, 127.0.0.1]}}\n"
    )

    before = desk.runs("doctor", "--feeds")
    settings = load_settings(desk.path)
    client = WebClient("tests", settings.feeds.allow_hosts)
    poll_and_record(settings, Store(settings.storage.base_url), client, utc_now, only_due=False)
    after = desk.runs("doctor", "--feeds")

    assert before.exit_code == 0
    assert before.output.count("never polled") == 2
    assert after.exit_code == 1
    assert after.output.index("Bad") < after.output.index("Good")
    assert "failed (500)" in after.output
    assert "Bad: http://localhost" in after.output
    assert "[bold]" in after.output
