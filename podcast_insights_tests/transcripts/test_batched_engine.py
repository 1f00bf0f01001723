"""The engine in groups: the same words whatever the group, less memory, and in the middle of a kill."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines.whisper import WhisperEngine
from podcast_insights.transcripts.engines.whisper_model import load_model
from podcast_insights.transcripts.values import RecognisedWindow
from podcast_insights_tests.audio.fakes import DictCache, write_audio
from podcast_insights_tests.transcripts.test_whisper_engine import KilledAfter, recognise


@pytest.fixture(scope="module")
def five_windows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sound = np.random.default_rng(4).normal(0, 0.1, 50 * 16_000).astype(np.float32)
    for start_s in (4, 14, 24, 34, 44):
        sound[start_s * 16_000 : (start_s + 6) * 16_000] = 0
    return write_audio(tmp_path_factory.mktemp("audio") / "five.wav", sound)


def engine_of(model: Path, batch_size: int) -> WhisperEngine:
    return WhisperEngine(TranscriptionSettings(model=str(model), device="cpu", threads=1, batch_size=batch_size))


def words(windows: DictCache[RecognisedWindow]) -> list[tuple[Any, ...]]:
    return [(one.start_s, one.end_s, one.language, one.segments, one.rejected) for one in windows.items.values()]


def test_words_do_not_depend_on_the_size_of_the_batch(tiny_whisper: Path, five_windows: Path) -> None:
    alone, together = DictCache[RecognisedWindow](), DictCache[RecognisedWindow]()
    one_by_one = recognise(engine_of(tiny_whisper, 1), five_windows, alone)
    at_once = recognise(engine_of(tiny_whisper, 4), five_windows, together)

    assert len(alone.items) == 5
    assert words(together) == words(alone)
    assert at_once.segments == one_by_one.segments
    assert at_once.segments
    assert at_once.duration_s == one_by_one.duration_s == pytest.approx(50, abs=0.01)


def test_a_model_that_fills_the_memory_goes_on_with_fewer_windows(tiny_whisper: Path, five_windows: Path) -> None:
    expected, found = DictCache[RecognisedWindow](), DictCache[RecognisedWindow]()
    recognise(engine_of(tiny_whisper, 5), five_windows, expected)
    refused: list[int] = []

    def refuse(_: Any, given: tuple[Any, ...]) -> None:
        if len(given[0]) > 2:
            refused.append(len(given[0]))
            raise torch.OutOfMemoryError("there is room for two")

    layer = load_model(str(tiny_whisper), "cpu", None).decoder.ln.register_forward_pre_hook(refuse)
    try:
        recognise(engine_of(tiny_whisper, 5), five_windows, found)
    finally:
        layer.remove()

    assert refused == [5]
    assert words(found) == words(expected)


@pytest.mark.parametrize("kept_first", [1, 4])
def test_a_run_killed_between_the_windows_of_a_group_ends_with_the_same_words(
    tiny_whisper: Path, five_windows: Path, kept_first: int
) -> None:
    calm, killed = DictCache[RecognisedWindow](), KilledAfter(kept_first)
    expected = engine_of(tiny_whisper, 3).transcribe(five_windows, episode_id="e", language=None, windows=calm)
    with pytest.raises(KeyboardInterrupt):
        engine_of(tiny_whisper, 3).transcribe(five_windows, episode_id="e", language=None, windows=killed)
    killed.left = 9

    result = engine_of(tiny_whisper, 3).transcribe(five_windows, episode_id="e", language=None, windows=killed)

    assert killed.made == 5
    assert (result.segments, result.language) == (expected.segments, expected.language)
    assert words(killed) == words(calm)
