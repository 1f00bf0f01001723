"""What a backfill says before it begins, and which days it leaves out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from podcast_insights.cli.backfill import estimate_lines, estimated, is_finished
from podcast_insights.cli.run_days import print_digest
from podcast_insights.errors import LLMUnavailableError
from podcast_insights.feeds.values import Enclosure
from podcast_insights.settings import load_settings
from podcast_insights.skips import Skip, skip_for
from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer
from podcast_insights_tests.operations.test_estimate import a_call
from podcast_insights_tests.storage.examples import DAY, NOW, a_digest, a_show, a_transcript, an_episode

SETTINGS = "shows:\n  - url: https://show1.example.org/feed.xml\ndigest: {start_date: 2026-11-01}\n"
MEDIA = Enclosure(url="https://cdn.example.org/2.mp3", media_type="audio/mpeg", length_bytes=1)
UNHEARD = an_episode("unheard", transcript_links=(), duration_s=7200.0, enclosure=MEDIA)


@pytest.fixture
def store(desk: Desk) -> Store:
    """A store in which one episode was heard and another one of the day was not."""
    desk.writes(SETTINGS)
    store = Store(str(desk.path.with_name("data")))
    not_due = a_show(next_poll_at=datetime(2100, 1, 1, tzinfo=UTC))
    store.catalog.save(not_due, [an_episode("heard", transcript_links=()), UNHEARD])
    store.transcripts.replace_day(DAY, [a_transcript("heard")])
    return store


def test_the_estimate_counts_what_is_left_and_starts_nothing(desk: Desk, store: Store) -> None:
    # The transcript of the example is of another version of Whisper, so it would be made again.
    found = estimated(load_settings(), store, [DAY], now=NOW)
    result = desk.runs("backfill", "--from", str(DAY), "--to", str(DAY), "--estimate")

    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Days: 1. Episodes that feeds list now: 2." in said
    assert (found.to_hear, found.audio_s, found.compute_s) == (2, 9000.5, 4500.25)
    assert "To hear: 2, 2.5 hours of audio" in said
    assert "about 75 minutes of compute with Whisper base on auto" in said
    assert "no calls and no money" in said
    assert store.digests.days() == ()


def test_the_estimate_says_what_a_transcription_server_asks(desk: Desk, store: Store) -> None:
    desk.writes(
        SETTINGS + "transcription: {engine: openai, model: parrot-1, base_url: 'http://127.0.0.1:9/v1', "
        "usd_per_minute: 0.006}\n"
    )

    said = " ".join(desk.runs("backfill", "--from", str(DAY), "--to", str(DAY), "--estimate").output.split())

    assert "To hear: 2, 2.5 hours of audio" in said
    assert "Transcription server: about 0.90 USD by transcription.usd_per_minute." in said


def test_the_estimate_asks_feeds_first_so_a_newcomer_needs_no_other_command(desk: Desk) -> None:
    noon = datetime(2026, 11, 13, 12, tzinfo=UTC)
    with PodcastServer().running() as web:
        feed = web.publishes("New", [Item(title="One", published_at=noon, audio="/one.mp3", duration_s=3600)])
        desk.writes(
            f"shows: [{{url: '{feed}'}}, {{url: '{web.base_url}/none.xml', name: Dead}}]\n"
            "feeds: {allow_hosts: [127.0.0.1]}\ndigest: {start_date: 2026-11-01}\n"
        )
        result = desk.runs("backfill", "--from", str(DAY), "--to", str(DAY), "--estimate")
        asked = {path for path, _ in web.asked}

    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Days: 1. Episodes that feeds list now: 1. To hear: 1, 1.0 hours of audio" in said
    assert "The feed of Dead gives nothing new: " in said
    assert asked == {"/feeds/new.xml", "/none.xml"}, "no audio"
    store = Store(str(desk.path.with_name("data")))
    assert (store.episodes.days(), store.digests.days()) == ((), ())


def test_with_a_language_model_calls_and_caps_are_told(desk: Desk, store: Store) -> None:
    desk.writes(SETTINGS + "insights: {model: parrot-1, base_url: 'http://127.0.0.1:9/v1', max_calls_per_day: 7}\n")

    output = desk.runs("backfill", "--from", str(DAY), "--to", "2026-11-14", "--estimate").output

    assert "episodes to read: 2; cost not known, as none was read yet; at most 14 calls" in " ".join(output.split())


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ("", "money has no cap without insights.prompt_usd_per_million and insights.completion_usd_per_million"),
        (", prompt_usd_per_million: 1, completion_usd_per_million: 0", "calls, 5 USD by insights.max_usd_per_day"),
    ],
)
def test_a_cap_on_money_is_told_only_where_it_holds(desk: Desk, store: Store, prices: str, said: str) -> None:
    desk.writes(SETTINGS + f"insights: {{model: parrot-1, base_url: 'http://127.0.0.1:9/v1'{prices}}}\n")
    settings = load_settings()

    lines = "".join(estimate_lines(estimated(settings, store, [DAY], now=NOW), settings, days=1))

    assert said in lines.replace("insights.max_calls_per_day", "calls")
    assert ("USD by insights.max_usd_per_day" in lines) == bool(prices)


def test_an_episode_whose_calls_failed_is_still_to_be_read(desk: Desk, store: Store) -> None:
    desk.writes(SETTINGS + "insights: {model: parrot-1, base_url: 'http://127.0.0.1:9/v1'}\n")
    settings = load_settings()
    current = replace(a_transcript("heard"), source="publisher")
    store.transcripts.replace_day(DAY, [current])
    store.llm_calls.replace_day(DAY, [replace(a_call("heard", None), model="parrot-1")])
    before = estimated(settings, store, [DAY], now=NOW).to_extract

    down = LLMUnavailableError("no connection")
    skip = skip_for(down, stage="insights", show_id="show1", subject_id="heard")
    store.skipped.replace("insights", DAY, [skip], now=NOW)

    assert (before, estimated(settings, store, [DAY], now=NOW).to_extract) == (1, 2)


def test_only_missing_leaves_out_what_is_finished(desk: Desk, store: Store) -> None:
    for number in range(2):
        store.digests.replace(a_digest(DAY + timedelta(days=number + 1)))

    result = desk.runs("backfill", "--from", "2026-11-14", "--to", "2026-11-15", "--only-missing")

    assert (result.exit_code, result.output.strip()) == (0, "Nothing is left to do on these days.")


def test_only_outdated_leaves_out_other_days(desk: Desk, store: Store) -> None:
    result = desk.runs("backfill", "--from", "2026-11-14", "--to", "2026-11-15", "--refresh", "outdated")

    assert (result.exit_code, result.output.strip()) == (0, "Nothing is left to do on these days.")
    assert desk.runs("backfill", "--from", "2026-11-14", "--to", "2026-11-15", "--refresh", "x").exit_code == 2


@pytest.mark.parametrize(("retryable", "finished"), [(False, True), (True, False)])
def test_a_day_that_waits_for_something_is_not_finished(tmp_path: Path, retryable: bool, finished: bool) -> None:
    store, day = Store(str(tmp_path)), date(2026, 11, 14)
    skip = Skip(stage="audio", show_id="s", subject_id="e", reason="r", message="m", retryable=retryable)
    store.skipped.replace("audio", day, [skip], now=NOW)

    assert is_finished(store, day, made=[day]) is finished
    assert not is_finished(store, day, made=[])


def test_a_day_with_an_episode_that_nobody_looked_at_is_not_finished(store: Store) -> None:
    assert not is_finished(store, DAY, made=[DAY])


def test_a_digest_is_printed_with_the_place_at_which_its_pages_are(desk: Desk, store: Store) -> None:
    desk.writes(f"{SETTINGS}delivery: {{publish_to: public}}\n")
    store.digests.replace(a_digest())
    said = StringIO()

    print_digest(Console(file=said, width=400), load_settings(), DAY)

    assert f"Page: {desk.path.with_name('public') / 'index.html'}" in said.getvalue()
