"""Segments cut at sentence ends by the times of words: the cut, and the times beside Whisper's own."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from podcast_insights.errors import WhisperError
from podcast_insights.settings import TranscriptionSettings
from podcast_insights.transcripts.engines.whisper import WhisperEngine
from podcast_insights.transcripts.engines.whisper_model import load_model
from podcast_insights.transcripts.engines.words import Word, in_sentences
from podcast_insights.transcripts.values import RecognisedWindow
from podcast_insights_tests.audio.fakes import DictCache, write_audio
from podcast_insights_tests.transcripts.fakes import segment
from podcast_insights_tests.transcripts.scripted import english_tokenizer, write_scripted


def words(*given: tuple[str, float, float]) -> list[Word]:
    return [Word(text=text, start_s=start_s, end_s=end_s) for text, start_s, end_s in given]


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        (
            "It rained. We stayed.",
            words((" It", 1, 1.2), (" rained.", 1.2, 2), (" We", 3.5, 3.7), (" stayed.", 3.7, 4)),
            [(1, 2, "It rained."), (3.5, 4, "We stayed.")],
        ),
        (
            "It rained. And then",
            words((" It", 1, 1.2), (" rained.", 1.2, 2), (" And", 2, 3), (" then", 3, 3.5)),
            [(1, 2, "It rained."), (2, 3.5, "And then")],
        ),
        (
            "It was 3.5 metres.",
            words((" It", 0, 1), (" was", 1, 2), (" 3.5", 2, 3), (" metres.", 3, 4)),
            [(0, 4, "It was 3.5 metres.")],
        ),
        (
            "雨だ。行く。",
            words(("雨", 0, 1), ("だ。", 1, 2), ("行", 2, 3), ("く。", 3, 4)),
            [(0, 9, "雨だ。行く。")],
        ),
        ("It rained.", words((" It", 0, 1)), [(0, 9, "It rained.")]),
        ("It rained.", [], [(0, 9, "It rained.")]),
        ("Yes. No.", words((" Yes.", 3, 4), (" No.", 1, 2)), [(0, 9, "Yes. No.")]),
    ],
    ids=[
        "two sentences",
        "an open end",
        "a point inside",
        "no spaces",
        "a word is missing",
        "no words",
        "back in time",
    ],
)
def test_a_segment_is_cut_at_its_sentence_ends(
    text: str, said: list[Word], expected: list[tuple[float, float, str]]
) -> None:
    parts = in_sentences(segment(text, 0, 9), said)

    assert [(one.start_s, one.end_s, one.text) for one in parts] == expected


@pytest.fixture(scope="module")
def two_sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = english_tokenizer()
    mark = tokenizer.timestamp_begin
    said = [mark, *tokenizer.encode(" One thing. Another thing."), mark + 150, mark + 150]
    said += [*tokenizer.encode(" The last one."), mark + 390, tokenizer.eot]
    return write_scripted(tmp_path_factory.mktemp("models") / "parrot.pt", {0: said})


def engine_with(model: Path, **changes: object) -> WhisperEngine:
    return WhisperEngine(TranscriptionSettings(model=str(model), device="cpu", threads=1, batch_size=1, **changes))


def test_sentences_begin_when_whisper_itself_says_that_their_words_do(two_sentences: Path, tmp_path: Path) -> None:
    import whisper

    sound = np.random.default_rng(3).normal(0, 0.1, 8 * 16_000).astype(np.float32)
    audio = write_audio(tmp_path / "a.wav", sound)

    found = engine_with(two_sentences, word_times=True).transcribe(
        audio, episode_id="episode1", language="en", windows=DictCache[RecognisedWindow]()
    )

    pcm = np.round(sound * 32767).astype(np.int16) / np.float32(32768)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        stock = whisper.transcribe(
            load_model(str(two_sentences), "cpu", None), pcm, language="en", word_timestamps=True, fp16=False
        )
    timed = [word for one in stock["segments"] for word in one["words"]]
    assert [one.text for one in found.segments] == ["One thing.", "Another thing.", "The last one."]
    begins = [timed[place]["start"] for place in (0, 2, 4)]
    assert [one.start_s for one in found.segments] == pytest.approx(begins, abs=0.05)
    assert len(set(begins)) == 3


def test_without_the_setting_segments_stay_whole(two_sentences: Path, tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "a.wav", np.random.default_rng(3).normal(0, 0.1, 8 * 16_000).astype(np.float32))
    windows = DictCache[RecognisedWindow]()

    texts = [
        [
            one.text
            for one in engine_with(two_sentences, word_times=wanted)
            .transcribe(audio, episode_id="episode1", language="en", windows=windows)
            .segments
        ]
        for wanted in (False, True)
    ]

    assert texts == [["One thing. Another thing.", "The last one."], ["One thing.", "Another thing.", "The last one."]]
    assert len(windows.items) == 2, "windows with and without are kept apart"


def test_what_was_kept_without_the_setting_has_the_same_address() -> None:
    assert (engine_with(Path("base")).options, engine_with(Path("base"), word_times=True).options) == (
        {},
        {"words": "timed"},
    )


def test_apples_gpu_is_refused_by_its_setting() -> None:
    engine = WhisperEngine(TranscriptionSettings(model="base", device="mps", word_times=True))

    with pytest.raises(WhisperError, match=r"transcription\.(word_times|device)"):
        engine.check()
