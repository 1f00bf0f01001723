"""The check of a real model counts words rightly, and says so where there is no model."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from benchmarks.asr_check import main, word_errors
from podcast_insights_tests.audio.fakes import tone, write_audio
from podcast_insights_tests.transcripts.scripted import english_tokenizer, write_scripted
from podcast_insights_tests.transcripts.speech_server import FakeSpeechServer


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("ask not what", "Ask not what!", 0),
        ("ask not what", "ask what", 1),
        ("ask not what", "ask me not what", 1),
        ("ask not what", "ask now what", 1),
        ("", "thank you", 2),
        ("ask not what", "", 3),
        ("one two three four", "two three four five", 2),
    ],
)
def test_word_errors_are_the_fewest_changes(said: str, heard: str, errors: int) -> None:
    assert word_errors(said, heard) == errors


def test_without_the_model_nothing_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    main(["--model", "tiny", "a.wav=words"])

    assert "The model tiny is not on this machine" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_model_is_checked_on_what_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokenizer = english_tokenizer()
    first = tokenizer.timestamp_begin
    script = [first, *tokenizer.encode(" ask now what"), first + 50, tokenizer.eot]
    model = write_scripted(tmp_path / "parrot.pt", {0: script})
    audio = write_audio(tmp_path / "a.wav", tone(2))
    main(["--model", str(model), "--device", "cpu", f"{audio}=Ask not what"])

    assert "a.wav: 1 of 3 words wrong (33.3%)" in capsys.readouterr().out


def test_the_configured_engine_is_checked_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], httpserver: HTTPServer
) -> None:
    server = FakeSpeechServer(httpserver).hears((0, 2, "Ask now what"))
    settings = tmp_path / "podcasts.yaml"
    settings.write_text(f"transcription: {{engine: openai, model: parrot-1, base_url: '{server.base_url}'}}")
    monkeypatch.setenv("PODCAST_INSIGHTS_CONFIG", str(settings))
    main(["--configured", f"{write_audio(tmp_path / 'a.wav', tone(2))}=Ask not what"])

    assert "a.wav: 1 of 3 words wrong (33.3%)" in capsys.readouterr().out
    assert len(server.sent) == 1
