"""The benchmark of Whisper compares the same work: tiny models here, the same tokens and the same words from both."""

from pathlib import Path

import pytest

from benchmarks.transcription import figures_of, script, write_speech
from benchmarks.transcription_run import transcribe
from podcast_insights.audio.decode import decode_pcm
from podcast_insights_tests.transcripts.scripted import write_scripted


def test_both_say_the_script_for_each_window(tmp_path: Path) -> None:
    checkpoint = str(write_scripted(tmp_path / "tiny.pt", {0: script()}))
    audio = write_speech(tmp_path / "speech.wav", 20)
    stock, ours = (transcribe(kind, checkpoint, audio, 2) for kind in ("stock", "ours"))

    assert sum(len(chunk) for chunk in decode_pcm(audio)) == 20 * 16_000
    assert stock["words"] == 160 * stock["encoder_calls"] == 160
    assert ours["words"] == 160 * ours["windows"] == 160 * ours["encoder_calls"]


def test_the_ratio_is_told_with_its_parts() -> None:
    stock = {"cpu_s": 50.0, "encoder_calls": 10}
    ours = {"cpu_s": 20.0, "encoder_s": 8.0, "audio_s": 1.0, "windows_s": 1.0, "windows": 11}
    by_name = {figure.name: figure for figure in figures_of(stock, ours, minutes=5)}

    assert by_name["ours against stock"].value == pytest.approx(0.4)
    assert by_name["ours against stock"].meets_goal
    assert by_name["  of it: decoder, and what is not named"].value == pytest.approx(0.5)
    assert by_name["CPU of ours for each minute"].value == pytest.approx(4)
