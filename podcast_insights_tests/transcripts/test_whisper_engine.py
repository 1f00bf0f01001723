from pathlib import Path

import numpy as np
import pytest

from podcast_insights.errors import AudioError, WhisperError
from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines import Recognition
from podcast_insights.transcripts.engines.whisper import WhisperEngine
from podcast_insights.transcripts.values import RecognisedWindow
from podcast_insights_tests.audio.fakes import DictCache, tone, write_audio
from podcast_insights_tests.transcripts.conftest import ENGLISH_WORDS, write_checkpoint


class KilledAfter(DictCache[RecognisedWindow]):
    """A store of windows whose process is killed when it has kept some."""

    def __init__(self, windows: int) -> None:
        super().__init__()
        self.left = windows
        self.made = 0

    def put(self, fingerprint: str, item: RecognisedWindow) -> None:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        self.made += 1
        super().put(fingerprint, item)


def engine_with(model: Path | str, **changes: object) -> WhisperEngine:
    return WhisperEngine(TranscriptionSettings(model=str(model), device="cpu", threads=1, batch_size=1, **changes))


def recognise(
    engine: WhisperEngine, audio: Path, windows: DictCache[RecognisedWindow], **changes: object
) -> Recognition:
    return engine.transcribe(audio, episode_id="episode1", language="en", windows=windows, **changes)


@pytest.fixture(scope="module")
def half_silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 s: noise, from 12 s to 20 s nothing, then noise to 30 s, and nothing again: two windows."""
    sound = np.random.default_rng(1).normal(0, 0.1, 40 * 16_000).astype(np.float32)
    sound[12 * 16_000 : 20 * 16_000] = sound[30 * 16_000 :] = 0
    return write_audio(tmp_path_factory.mktemp("audio") / "half.wav", sound)


def test_a_real_model_transcribes_window_by_window(tiny_whisper: Path, half_silent: Path) -> None:
    windows: DictCache[RecognisedWindow] = DictCache()
    told: list[tuple[float, float]] = []

    result = recognise(engine_with(tiny_whisper), half_silent, windows, progress=lambda *done: told.append(done))

    assert result.duration_s == pytest.approx(40, abs=0.01)
    assert result.language == "en"
    assert len(windows.items) == 2
    assert told[-1] == (pytest.approx(40, abs=0.01), pytest.approx(40, abs=0.01))
    assert all(0 <= part.start_s <= part.end_s <= 40 for part in result.segments)


def test_the_same_sound_gives_the_same_words(tiny_whisper: Path, half_silent: Path) -> None:
    runs = [recognise(engine_with(tiny_whisper), half_silent, DictCache()) for _ in range(2)]

    assert runs[0].segments
    assert runs[0].segments == runs[1].segments


def test_the_same_sound_gives_the_kept_windows(tiny_whisper: Path, half_silent: Path) -> None:
    windows: DictCache[RecognisedWindow] = DictCache()
    first = recognise(engine_with(tiny_whisper), half_silent, windows)
    kept = dict(windows.items)

    assert recognise(engine_with(tiny_whisper), half_silent, windows) == first
    assert windows.items == kept


def test_a_killed_run_goes_on_after_its_last_window(tiny_whisper: Path, half_silent: Path) -> None:
    windows = KilledAfter(1)
    with pytest.raises(KeyboardInterrupt):
        recognise(engine_with(tiny_whisper), half_silent, windows)
    windows.left = 9

    recognise(engine_with(tiny_whisper), half_silent, windows)

    assert windows.made == 2


def test_silence_needs_no_model_and_gives_no_words(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "silent.wav", np.zeros(5 * 16_000, dtype=np.float32))

    assert recognise(engine_with("no-such-model"), audio, DictCache()).segments == ()


def test_what_is_no_audio_is_an_audio_error(tmp_path: Path) -> None:
    page = tmp_path / "a.mp3"
    page.write_text("<html></html>")

    with pytest.raises(AudioError, match="an HTML page"):
        recognise(engine_with("no-such-model"), page, DictCache())


def test_a_model_that_cannot_be_loaded_is_tried_once(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "a.wav", tone(1))
    model = tmp_path / "late.pt"
    engine = engine_with(model)

    with pytest.raises(WhisperError) as first:
        recognise(engine, audio, DictCache())
    model.write_bytes(b"changed in between")
    with pytest.raises(WhisperError) as second:
        recognise(engine, audio, DictCache())

    assert second.value is first.value


def test_a_model_that_fails_while_it_runs_names_the_episode(tmp_path: Path) -> None:
    model = write_checkpoint(tmp_path / "broken.pt", audio_positions=100)

    with pytest.raises(WhisperError, match="failed on episode episode1"):
        recognise(engine_with(model), write_audio(tmp_path / "a.wav", tone(1)), DictCache())


def test_an_english_model_is_not_used_for_another_language(tmp_path: Path) -> None:
    model = write_checkpoint(tmp_path / "english.pt", vocabulary=ENGLISH_WORDS)
    audio = write_audio(tmp_path / "a.wav", tone(1))

    with pytest.raises(WhisperError, match="knows only English, and the show is in de"):
        engine_with(model).transcribe(audio, episode_id="episode1", language="de-AT", windows=DictCache())


def test_a_language_is_found_where_none_is_declared(tiny_whisper: Path, half_silent: Path) -> None:
    result = engine_with(tiny_whisper).transcribe(
        half_silent, episode_id="episode1", language=None, windows=DictCache()
    )

    assert result.segments
    assert result.language


def test_javanese_is_heard_as_what_it_is_although_whisper_has_another_code_for_it(
    tiny_whisper: Path, half_silent: Path
) -> None:
    windows: DictCache[RecognisedWindow] = DictCache()

    engine_with(tiny_whisper).transcribe(half_silent, episode_id="episode1", language="jv-ID", windows=windows)

    assert {window.language for window in windows.items.values() if window.segments} == {"jv"}


def test_a_device_that_is_not_there_is_named(tiny_whisper: Path, tmp_path: Path) -> None:
    engine = WhisperEngine(TranscriptionSettings(model=str(tiny_whisper), device="cuda:63"))

    with pytest.raises(WhisperError, match=r"transcription\.device is cuda:63"):
        recognise(engine, write_audio(tmp_path / "a.wav", tone(1)), DictCache())
