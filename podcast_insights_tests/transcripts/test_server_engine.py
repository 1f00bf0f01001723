"""The engine that asks a server, through the real client and real HTTP."""

import json
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.errors import (
    NetworkError,
    PodcastInsightsError,
    RefusedError,
    SpeechBudgetError,
    TranscriptError,
    WhisperError,
)
from podcast_insights.settings import ShowSettings
from podcast_insights.transcripts.engines import Recognition
from podcast_insights.transcripts.engines.server import ServerEngine
from podcast_insights.transcripts.values import RecognisedWindow
from podcast_insights_tests.audio.fakes import DictCache, tone, write_audio
from podcast_insights_tests.transcripts.speech_server import KEY, FakeSpeechServer, Sent, engine_at, texts, verbose
from podcast_insights_tests.transcripts.test_whisper_engine import KilledAfter

RATE = 16_000


@pytest.fixture
def server(httpserver: HTTPServer) -> FakeSpeechServer:
    return FakeSpeechServer(httpserver)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_audio(tmp_path_factory.mktemp("audio") / "short.wav", tone(12))


@pytest.fixture(scope="module")
def three_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """85 s with pauses of half a second at 28 s and 56 s, where parts of 30 s are cut."""
    sound = tone(85)
    for pause_s in (28, 56):
        sound[pause_s * RATE : pause_s * RATE + RATE // 2] = 0
    return write_audio(tmp_path_factory.mktemp("audio") / "three.wav", sound)


def hear(
    engine: ServerEngine,
    audio: Path,
    windows: DictCache[RecognisedWindow] | None = None,
    language: str | None = "en",
    **more: Any,
) -> Recognition:
    kept = DictCache[RecognisedWindow]() if windows is None else windows
    return engine.transcribe(audio, episode_id="episode1", language=language, windows=kept, **more)


def test_a_file_is_sent_in_parts_and_its_words_have_the_times_of_the_whole(
    server: FakeSpeechServer, three_parts: Path
) -> None:
    server.answers_with(lambda sent: verbose(sent, (1.0, 4.5, f"A part of {sent.length_s:.0f} seconds.")))
    told: list[tuple[float, float]] = []

    found = hear(
        engine_at(server, part_s=30, batch_size=1, usd_per_minute=0.006),
        three_parts,
        progress=lambda *done: told.append(done),
    )

    assert [round(sent.length_s) for sent in server.sent] == [28, 28, 29]
    assert [(start_s, end_s) for start_s, end_s, _ in texts(found.segments)] == [
        (pytest.approx(cut_s + 1, abs=0.3), pytest.approx(cut_s + 4.5, abs=0.3)) for cut_s in (0, 28.25, 56.25)
    ]
    assert (found.language, found.has_times, found.duration_s) == ("en", True, pytest.approx(85))
    assert found.cost_usd == pytest.approx(85 / 60 * 0.006, rel=0.02)
    assert found.compute_s > 0
    assert told[-1] == (pytest.approx(85), pytest.approx(85))


def test_the_request_says_what_is_known(server: FakeSpeechServer, short: Path) -> None:
    server.hears((0, 9, "Priya Anand speaks of Dagster."))
    show = ShowSettings(url="https://example.org/feed", model="macaw-2", vocabulary=("Priya Anand", "Dagster"))

    hear(engine_at(server).for_show(show), short, language="pt-BR")

    (sent,) = server.sent
    assert sent.key == KEY
    assert sent.fields == {
        "model": "macaw-2",
        "language": "pt",
        "prompt": "Priya Anand, Dagster",
        "response_format": "verbose_json",
    }


@pytest.mark.parametrize(
    ("named", "code"), [("english", "en"), ("Portuguese", "pt"), ("pt-BR", "pt"), ("klingonese", None), (7, None)]
)
def test_a_language_that_the_server_finds_is_a_code(
    server: FakeSpeechServer, short: Path, named: object, code: str | None
) -> None:
    server.hears((0, 9, "Nothing was declared."), language=named)

    assert hear(engine_at(server), short, language=None).language == code
    assert "language" not in server.sent[0].fields


def test_words_without_times_are_spread_over_the_sound_and_it_says_so(server: FakeSpeechServer, tmp_path: Path) -> None:
    sound = tone(16)
    sound[4 * RATE : 12 * RATE] = 0
    audio = write_audio(tmp_path / "gap.wav", sound)
    server.knows_no_times("This was said before it. This was said after it.")

    found = hear(engine_at(server, usd_per_minute=0.006), audio)

    assert [sent.fields["response_format"] for sent in server.sent] == ["verbose_json", "json"]
    assert not found.has_times
    (first, second) = texts(found.segments)
    assert first == (0, pytest.approx(4, abs=0.3), "This was said before it.")
    assert second == (pytest.approx(12, abs=0.3), pytest.approx(16, abs=0.3), "This was said after it.")
    assert found.cost_usd == pytest.approx(16 / 60 * 0.006, rel=0.02)


def test_what_a_server_cannot_do_is_found_out_once(server: FakeSpeechServer, three_parts: Path) -> None:
    server.knows_no_times("Words alone.")

    hear(engine_at(server, part_s=30, batch_size=1), three_parts)

    assert [sent.fields["response_format"] for sent in server.sent] == ["verbose_json", "json", "json", "json"]


def test_a_language_that_a_server_does_not_take_is_left_to_it_and_told_no_more(
    server: FakeSpeechServer, three_parts: Path
) -> None:
    server.refuses(400, "Invalid language 'tlh'. Language parameter must be specified in ISO-639-1 format.")
    server.hears((0, 9, "It was said anyway."))

    found = hear(engine_at(server, part_s=30, batch_size=1), three_parts, language="tlh")

    assert [sent.fields.get("language") for sent in server.sent] == ["tlh", None, None, None]
    assert (len(found.segments), found.language) == (3, "tlh")


def test_what_cannot_have_been_said_is_left_out_and_kept_for_a_look(server: FakeSpeechServer, short: Path) -> None:
    def script(sent: Sent) -> dict[str, Any]:
        body = verbose(sent, (0, 3, "It was said once."), (3, 6, "thank you " * 30), (6, 9, "Subscribe to my channel."))
        body["segments"][2] |= {"no_speech_prob": 0.9, "avg_logprob": -1.4}
        return body

    server.answers_with(script)
    windows = DictCache[RecognisedWindow]()

    assert [text for _, _, text in texts(hear(engine_at(server), short, windows).segments)] == ["It was said once."]
    (window,) = windows.items.values()
    assert [one.reason for one in window.rejected] == ["looped", "silence"]


def test_a_second_run_asks_nothing_and_counts_the_same_cost(server: FakeSpeechServer, three_parts: Path) -> None:
    server.hears((0, 5, "Once."), usage={"type": "duration", "seconds": 30})
    windows = DictCache[RecognisedWindow]()
    first = hear(engine_at(server, part_s=30, usd_per_minute=0.01), three_parts, windows)
    asked = len(server.sent)

    again = hear(engine_at(server, part_s=30, usd_per_minute=0.01), three_parts, windows)

    assert len(server.sent) == asked == 3
    assert again == first
    assert first.cost_usd == pytest.approx(0.015)


def test_a_killed_run_goes_on_and_pays_no_part_twice(server: FakeSpeechServer, three_parts: Path) -> None:
    server.hears((0, 5, "Once."))
    windows = KilledAfter(2)
    with pytest.raises(KeyboardInterrupt):
        hear(engine_at(server, part_s=30, batch_size=1), three_parts, windows)
    assert len(server.sent) == 3, "the third was answered, and the process was killed before it was kept"
    windows.left = 9

    found = hear(engine_at(server, part_s=30, batch_size=1), three_parts, windows)

    assert len(server.sent) == 4
    assert len(found.segments) == 3


def test_parts_that_went_well_beside_one_that_failed_are_kept(server: FakeSpeechServer, three_parts: Path) -> None:
    server.refuses(503).hears((0, 5, "Once."))
    windows = DictCache[RecognisedWindow]()

    with pytest.raises(NetworkError, match=r"no answer, parrot-1 at http://.*episode episode1"):
        hear(engine_at(server, part_s=30), three_parts, windows)
    assert (len(server.sent), len(windows.items)) == (3, 2)

    assert len(hear(engine_at(server, part_s=30), three_parts, windows).segments) == 3
    assert len(server.sent) == 4


def test_the_library_retries_what_passes(server: FakeSpeechServer, short: Path) -> None:
    server.refuses(429, "slow down").refuses(503).hears((0, 9, "At last."))

    assert [text for _, _, text in texts(hear(engine_at(server, max_retries=2), short).segments)] == ["At last."]
    assert len(server.sent) == 3


@pytest.mark.parametrize(
    ("status", "code", "expected", "said"),
    [
        (401, None, WhisperError, "PODCAST_INSIGHTS_TRANSCRIPTION__API_KEY"),
        (403, None, WhisperError, "OPENAI_API_KEY"),
        (404, "model_not_found", WhisperError, "transcription.model"),
        (429, "insufficient_quota", WhisperError, "quota"),
        (429, "rate_limit_exceeded", NetworkError, "asks to wait"),
        (500, None, NetworkError, "gives no answer"),
        (413, None, RefusedError, "transcription.max_upload_bytes"),
        (400, None, RefusedError, "refuses it"),
        (422, None, RefusedError, "refuses it"),
    ],
)
def test_each_refusal_is_one_of_ours_and_shows_no_key(
    server: FakeSpeechServer,
    short: Path,
    status: int,
    code: str | None,
    expected: type[PodcastInsightsError],
    said: str,
) -> None:
    server.refuses(status, f"you sent {KEY}, {'and again ' * 24}{KEY}", code)

    with pytest.raises(expected, match=said) as caught:
        hear(engine_at(server), short)

    assert "episode episode1, 0 to 12 s" in str(caught.value)
    assert KEY[:8] not in str(caught.value)
    assert len(server.sent) == 1


@pytest.mark.parametrize(("status", "requests"), [(401, 1), (400, 2)], ids=["the key", "one file"])
def test_a_key_that_is_refused_is_tried_once_and_a_file_concerns_no_other(
    server: FakeSpeechServer, short: Path, status: int, requests: int
) -> None:
    server.refuses(status)
    engine = engine_at(server)

    for _ in range(2):
        with pytest.raises(PodcastInsightsError):
            hear(engine, short)

    assert len(server.sent) == requests


def test_a_server_that_is_not_there_may_be_there_later(short: Path) -> None:
    engine = engine_at(_Nowhere())

    with pytest.raises(NetworkError, match="gives no answer"):
        hear(engine, short)


def test_a_server_that_stays_silent_is_given_up(short: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        deaf = _Nowhere()
        deaf.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"

        with pytest.raises(NetworkError, match="gives no answer"):
            hear(engine_at(deaf, timeout_s=0.05), short)


class _Nowhere:
    base_url = "http://user:password@127.0.0.1:9/v1"


def test_a_login_in_the_address_is_not_shown(short: Path) -> None:
    with pytest.raises(NetworkError) as caught:
        hear(engine_at(_Nowhere()), short)

    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"text": null}', b'{"error": "x"}', b"\xff\xfe", b"3", b"[" * 100_000]
)
def test_an_answer_that_is_no_transcription_is_an_error(server: FakeSpeechServer, short: Path, body: bytes) -> None:
    server.says(body)

    with pytest.raises(TranscriptError, match="parrot-1"):
        hear(engine_at(server), short)


def test_a_run_spends_no_more_than_it_may_and_keeps_what_it_paid(server: FakeSpeechServer, three_parts: Path) -> None:
    server.hears((0, 5, "Once."))
    windows = DictCache[RecognisedWindow]()
    engine = engine_at(server, part_s=30, batch_size=1, usd_per_minute=0.01, max_usd_per_run=0.01)
    other_show = engine.for_show(ShowSettings(url="https://example.org/feed", model="macaw-2"))

    with pytest.raises(SpeechBudgetError, match=r"transcription\.max_usd_per_run \(0\.01\) allows"):
        hear(engine, three_parts, windows)
    with pytest.raises(SpeechBudgetError):
        hear(other_show, three_parts, DictCache[RecognisedWindow]())
    assert (len(server.sent), len(windows.items)) == (2, 2)

    raised = engine_at(server, part_s=30, usd_per_minute=0.01, max_usd_per_run=0.02)
    assert hear(raised, three_parts, windows).cost_usd == pytest.approx(85 / 60 * 0.01, rel=0.02)
    assert len(server.sent) == 3


def test_what_was_refused_is_not_counted_as_spent(server: FakeSpeechServer, short: Path) -> None:
    server.refuses(503, times=3).hears((0, 9, "At last."))
    engine = engine_at(server, usd_per_minute=0.01, max_usd_per_run=0.003)
    for _ in range(3):
        with pytest.raises(NetworkError):
            hear(engine, short)

    assert hear(engine, short).segments


def test_no_part_is_larger_than_the_server_takes(server: FakeSpeechServer, tmp_path: Path) -> None:
    noise = np.random.default_rng(2).uniform(-1, 1, 80 * RATE).astype(np.float32)
    server.answers_with(lambda sent: verbose(sent))

    hear(engine_at(server, max_upload_bytes=1_100_000), write_audio(tmp_path / "noise.wav", noise))

    assert len(server.sent) >= 3
    assert max(sent.size_bytes for sent in server.sent) <= 1_100_000
    assert sum(sent.length_s for sent in server.sent) == pytest.approx(80, abs=0.1)


def test_a_check_asks_about_a_second_of_silence(server: FakeSpeechServer) -> None:
    server.hears()

    assert engine_at(server).check() == f"transcription.model parrot-1 answers at {server.base_url}/"
    assert [sent.length_s for sent in server.sent] == [pytest.approx(1)]


def test_parts_of_another_price_are_the_same_parts(server: FakeSpeechServer, short: Path) -> None:
    server.hears((0, 9, "Words."))
    windows = DictCache[RecognisedWindow]()
    hear(engine_at(server), short, windows)

    hear(engine_at(server, usd_per_minute=1.0, timeout_s=9.0), short, windows)

    assert len(server.sent) == 1
    assert json.dumps(list(windows.items)) != "[]"
