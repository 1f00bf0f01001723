"""faster-whisper as an engine: the real package on converted checkpoints with known words."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from podcast_insights.errors import WhisperError
from podcast_insights.settings import ShowSettings, TranscriptionSettings
from podcast_insights.transcripts.engines import Recognition
from podcast_insights.transcripts.engines.faster import FasterWhisperEngine
from podcast_insights.transcripts.engines.faster_model import chosen_compute_type
from podcast_insights.transcripts.engines.windows import AudioWindow
from podcast_insights.transcripts.values import RecognisedWindow
from podcast_insights_tests.audio.fakes import DictCache, tone, write_audio
from podcast_insights_tests.transcripts.conftest import ENGLISH_WORDS, write_checkpoint
from podcast_insights_tests.transcripts.scripted import english_tokenizer, write_scripted
from podcast_insights_tests.transcripts.test_whisper_engine import KilledAfter

VOCABULARY = ("Dagster", "Priya Anand")
# One for the mark that a prompt comes; then each letter is a token, because the vocabulary has no merges.
PROMPT_TOKENS = 1 + len(" Dagster, Priya Anand")


@pytest.fixture(scope="module")
def parrot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A converted model that speaks of dogs and cats, and in a loop where it is told names."""
    pytest.importorskip("faster_whisper", reason="the extra faster-whisper is not installed")
    from podcast_insights_tests.transcripts.converted import write_converted

    folder = tmp_path_factory.mktemp("models")
    tokenizer = english_tokenizer()
    mark, eot = tokenizer.timestamp_begin, tokenizer.eot
    plain = [mark, *tokenizer.encode(" a show about dogs"), mark + 50, mark + 50]
    plain += [*tokenizer.encode(" and cats"), mark + 90, eot]
    looped = [mark, *tokenizer.encode(" thank you" * 20), mark + 90, eot]
    checkpoint = write_scripted(folder / "parrot.pt", {0: plain, PROMPT_TOKENS: looped})
    return write_converted(folder / "parrot", checkpoint)


@pytest.fixture(scope="module")
def two_windows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sound = tone(14)
    sound[4 * 16_000 : 10 * 16_000] = 0
    return write_audio(tmp_path_factory.mktemp("audio") / "two.wav", sound)


def engine_with(model: Path | str, **changes: Any) -> FasterWhisperEngine:
    given = {"engine": "faster-whisper", "model": str(model), "device": "cpu", "threads": 1}
    return FasterWhisperEngine(TranscriptionSettings(**given | changes))


def hear(
    engine: FasterWhisperEngine,
    audio: Path,
    windows: DictCache[RecognisedWindow] | None = None,
    language: str | None = "en",
    **more: Any,
) -> Recognition:
    kept = DictCache[RecognisedWindow]() if windows is None else windows
    return engine.transcribe(audio, episode_id="episode1", language=language, windows=kept, **more)


def test_a_file_is_heard_window_by_window(parrot: Path, two_windows: Path) -> None:
    told: list[tuple[float, float]] = []
    engine = engine_with(parrot)

    found = hear(engine, two_windows, progress=lambda *done: told.append(done))

    second = found.segments[2].start_s
    assert second == pytest.approx(9.7, abs=0.1), "the margin before the sound at 10 s"
    assert [(one.start_s, one.end_s, one.text) for one in found.segments] == [
        (0, 1, "a show about dogs"),
        (1, 1.8, "and cats"),
        (second, pytest.approx(second + 1), "a show about dogs"),
        (pytest.approx(second + 1), pytest.approx(second + 1.8), "and cats"),
    ]
    assert (found.language, found.duration_s, found.cost_usd) == ("en", pytest.approx(14), None)
    assert found.compute_s > 0
    assert told[-1] == (pytest.approx(14), pytest.approx(14))
    assert engine.name == "faster-whisper-1"
    assert engine.model.startswith("parrot-")


def test_a_language_is_found_where_none_is_declared(parrot: Path, two_windows: Path) -> None:
    found = hear(engine_with(parrot), two_windows, language=None)

    assert found.segments
    assert found.language


def test_javanese_is_heard_as_what_it_is_although_whisper_has_another_code_for_it(
    parrot: Path, two_windows: Path
) -> None:
    windows: DictCache[RecognisedWindow] = DictCache()

    hear(engine_with(parrot), two_windows, windows, language="jv-ID")

    assert {window.language for window in windows.items.values() if window.segments} == {"jv"}


def test_what_is_made_up_is_heard_again_without_the_names(parrot: Path, two_windows: Path) -> None:
    windows = DictCache[RecognisedWindow]()
    show = ShowSettings(url="https://example.org/feed", vocabulary=VOCABULARY)

    found = hear(engine_with(parrot).for_show(show), two_windows, windows)

    assert [one.text for one in found.segments] == ["a show about dogs", "and cats"] * 2
    for window in windows.items.values():
        (rejected,) = window.rejected
        assert rejected.reason == "looped"
        assert window.start_s <= rejected.start_s < rejected.end_s <= window.end_s


def test_what_is_made_up_twice_does_not_cost_what_was_heard_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("faster_whisper", reason="the extra faster-whisper is not installed")

    def said(text: str, start: float, end: float) -> SimpleNamespace:
        return SimpleNamespace(text=text, start=start, end=end, temperature=0.0)

    loop = said("thank you " * 20, 5.0, 9.0)
    answers = iter([[said(" It was said.", 0.0, 4.0), loop], [loop]])
    model = SimpleNamespace(supported_languages=["en"], transcribe=lambda *_, **__: (next(answers), None))
    engine = engine_with("small")
    monkeypatch.setattr(engine, "_ready", lambda: (model, "cpu", "int8"))
    window = AudioWindow(start=0, samples=tone(10))

    ((_, found),) = engine.recognised([window], episode_id="episode1", language="en")

    assert [one.text for one in found.segments] == ["It was said."]
    assert [one.reason for one in found.rejected] == ["looped", "looped"]


def test_a_killed_run_goes_on_after_its_last_window(parrot: Path, two_windows: Path) -> None:
    windows = KilledAfter(1)
    with pytest.raises(KeyboardInterrupt):
        hear(engine_with(parrot), two_windows, windows)
    windows.left = 9

    assert len(hear(engine_with(parrot), two_windows, windows).segments) == 4
    assert windows.made == 2


def test_other_numbers_are_other_windows(parrot: Path, two_windows: Path) -> None:
    windows = DictCache[RecognisedWindow]()
    for compute_type in ("auto", "float32", "float32"):
        hear(engine_with(parrot, compute_type=compute_type), two_windows, windows)

    assert len(windows.items) == 4


@pytest.mark.parametrize(
    ("wanted", "device", "expected"),
    [("auto", "cpu", "int8"), ("auto", "cuda:1", "float16"), ("int8_float16", "cuda:0", "int8_float16")],
)
def test_the_numbers_fit_the_device(wanted: str, device: str, expected: str) -> None:
    assert chosen_compute_type(wanted, device) == expected


def test_a_check_says_what_was_loaded(parrot: Path) -> None:
    assert engine_with(parrot).check() == f"transcription.model {parrot} can be loaded on cpu in int8"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"compute_type": "float16"}, r"in float16 \(transcription\.compute_type\)"),
        ({"device": "cuda:63"}, r"transcription\.device is cuda:63, but this machine has cpu"),
        ({"model": "no-such-model"}, r"no-such-model \(transcription\.model\) could not be loaded.*large-v3"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_setting(
    parrot: Path, two_windows: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(WhisperError, match=said):
        hear(engine_with(**{"model": parrot} | changes), two_windows)


def test_an_english_model_is_not_used_for_another_language(parrot: Path, tmp_path: Path) -> None:
    from podcast_insights_tests.transcripts.converted import write_converted

    model = write_converted(tmp_path / "mine", write_checkpoint(tmp_path / "a.pt", vocabulary=ENGLISH_WORDS))

    with pytest.raises(WhisperError, match="knows only English, and the show is in de"):
        hear(engine_with(model), write_audio(tmp_path / "a.wav", tone(1)), language="de")


def test_a_model_that_fails_while_it_runs_names_the_episode(parrot: Path, tmp_path: Path) -> None:
    from podcast_insights_tests.transcripts.converted import write_converted

    model = write_converted(tmp_path / "mine", write_checkpoint(tmp_path / "a.pt", audio_positions=100))

    with pytest.raises(WhisperError, match="failed on episode episode1"):
        hear(engine_with(model), write_audio(tmp_path / "a.wav", tone(1)))


def test_where_it_is_not_installed_it_says_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # What Python itself puts there for a package that must not be imported.
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    engine = engine_with("base")

    for _ in range(2):
        with pytest.raises(WhisperError, match=r"pip install 'podcast-insights\[faster-whisper\]'"):
            hear(engine, write_audio(tmp_path / "a.wav", tone(1)))


def test_silence_needs_no_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)

    assert hear(engine_with("base"), write_audio(tmp_path / "a.wav", np.zeros(16_000, np.float32))).segments == ()
