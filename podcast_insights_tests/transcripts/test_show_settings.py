"""What a show asks of the engine: its model, its names, its language; and what an older model made."""

from dataclasses import replace
from pathlib import Path

import pytest

from podcast_insights.settings import ShowSettings, TranscriptionSettings
from podcast_insights.transcripts.engines.whisper import WhisperEngine
from podcast_insights.transcripts.outdated import outdated
from podcast_insights.transcripts.values import RecognisedWindow, Transcript
from podcast_insights_tests.audio.fakes import NOW, DictCache, tone, write_audio
from podcast_insights_tests.transcripts.conftest import write_checkpoint
from podcast_insights_tests.transcripts.fakes import FakeEngine, speech
from podcast_insights_tests.transcripts.scripted import english_tokenizer, write_scripted
from podcast_insights_tests.transcripts.test_make import Bench

URL = "https://example.org/feed"


def transcript(**changes: object) -> Transcript:
    made = Transcript(
        episode_id="episode1",
        show_id="show1",
        source="whisper",
        engine="fake-1",
        model="parrot",
        language="en",
        source_url=None,
        has_times=True,
        duration_s=60,
        segments=speech(60),
        fingerprint="f",
        made_at=NOW,
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("changes", "show_model", "is_outdated"),
    [
        ({}, None, False),
        ({"model": "chick"}, None, True),
        ({"engine": "fake-0"}, None, True),
        ({}, "macaw", True),
        ({"model": "macaw"}, "macaw", False),
        ({"model": "chick", "source": "publisher"}, None, False),
        ({"model": "chick", "show_id": "gone"}, None, False),
    ],
    ids=["now's", "older model", "older rules", "the show's is new", "the show's", "publisher's", "not followed"],
)
def test_what_another_model_made_is_outdated(
    changes: dict[str, object], show_model: str | None, is_outdated: bool
) -> None:
    policies = {"show1": ShowSettings(url=URL, model=show_model)}

    found = outdated([transcript(**changes)], policies=policies, engine=FakeEngine())

    assert bool(found) is is_outdated


def test_a_show_is_heard_by_its_own_model(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.has_audio()
    first = bench.make().made[0]
    bench.show = ShowSettings(url=URL, language="en", model="macaw")
    second = bench.make().made[0]

    assert (first.model, second.model) == ("parrot", "macaw")
    assert len(bench.engine.heard) == 2


def test_other_names_make_another_transcript(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.has_audio()
    for vocabulary in ((), ("Dagster",), ("Dagster",)):
        bench.show = ShowSettings(url=URL, language="en", vocabulary=vocabulary)
        bench.make()

    assert len(bench.engine.heard) == 2


def test_names_are_the_prompt_of_each_window(tmp_path: Path) -> None:
    tokenizer = english_tokenizer()
    first = tokenizer.timestamp_begin
    plain, named = (
        [first, *tokenizer.encode(words), first + 50, tokenizer.eot] for words in (" a show about dogs", " Dagster")
    )
    vocabulary = ("Dagster", "Teodor Vance", "Priya Anand", "Ravensworth")
    before = 1 + len(tokenizer.encode(f" {', '.join(vocabulary)}"))
    model = write_scripted(tmp_path / "parrot.pt", {0: plain, before: named})
    engine = WhisperEngine(TranscriptionSettings(model=str(model), device="cpu", threads=1))
    audio = write_audio(tmp_path / "a.wav", tone(2))
    windows: DictCache[RecognisedWindow] = DictCache()

    texts = [
        engine.for_show(show).transcribe(audio, episode_id="episode1", language="en", windows=windows).segments[0].text
        for show in (None, ShowSettings(url=URL, vocabulary=vocabulary))
    ]

    assert texts == ["a show about dogs", "Dagster"]
    assert len(windows.items) == 2


def test_an_engine_is_shared_by_shows_that_ask_for_the_same(tmp_path: Path) -> None:
    engine = WhisperEngine(TranscriptionSettings(model="base"))
    other = write_checkpoint(tmp_path / "other.pt")

    assert engine.for_show(ShowSettings(url=URL)) is engine
    assert engine.for_show(ShowSettings(url=URL, model="base")) is engine
    assert engine.for_show(ShowSettings(url=URL, model=str(other))) is engine.for_show(
        ShowSettings(url="https://example.org/b", model=str(other))
    )
    assert engine.for_show(ShowSettings(url=URL, model=str(other))).model.startswith("other-")
