"""Two speakers on two channels: found in made-up recordings, told from every other stereo, heard apart."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.audio.decode import channel_count, decode_pcm, decode_stereo
from podcast_insights.settings import ShowSettings
from podcast_insights.transcripts.engines import Recognition
from podcast_insights.transcripts.engines.channels import both_sides, levels_by_side, own_voice, speaks_apart
from podcast_insights.transcripts.engines.server import ServerEngine
from podcast_insights.transcripts.values import RecognisedWindow, Segment
from podcast_insights_tests.audio.fakes import DictCache, tone, write_audio, write_stereo
from podcast_insights_tests.transcripts.fakes import segment
from podcast_insights_tests.transcripts.speech_server import FakeSpeechServer, Sent, engine_at, verbose

RATE = 16_000
SECONDS = 60

AUDIO = {".mp3", ".flac", ".ogg", ".webm", ".mp4", ".aac", ".wav", ".m4a"}

Stereo = tuple[np.ndarray, np.ndarray]


def voice(turns_s: list[tuple[float, float]], seed: int, seconds: float = SECONDS) -> np.ndarray:
    """Noise with the rhythm of syllables and words, where somebody has a turn."""
    rng = np.random.default_rng(seed)
    at_s = np.arange(int(seconds * RATE)) / RATE
    syllables = np.clip(np.sin(2 * np.pi * 4 * at_s + seed) + 0.4, 0, None)
    words = np.repeat(rng.random(int(seconds * 2) + 1) > 0.15, RATE // 2)[: len(at_s)]
    has_turn = np.zeros(len(at_s), dtype=bool)
    for start_s, end_s in turns_s:
        has_turn[int(start_s * RATE) : int(end_s * RATE)] = True
    return 0.2 * rng.normal(0, 1, len(at_s)) * syllables * words * has_turn


def room(seed: int, level: float = 0.002) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, SECONDS * RATE)


ASKS = [(0.0, 6.0), (15.0, 21.0), (30.0, 36.0), (45.0, 51.0)]
ANSWERS = [(6.0, 15.0), (21.0, 30.0), (36.0, 45.0), (51.0, 60.0)]
LITTLE = [(0.0, 2.0), (20.0, 22.0), (40.0, 42.0)]
MUCH = [(2.0, 20.0), (22.0, 40.0), (42.0, 60.0)]
OVERLAPPING = [(5.0, 15.5), (20.0, 30.5), (35.5, 46.0), (50.0, 60.0)]
ALWAYS = [(0.0, 60.0)]


def interview(asks: list[tuple[float, float]], answers: list[tuple[float, float]], leak: float = 0.0) -> Stereo:
    one, two = voice(asks, 1), voice(answers, 2)
    return one + leak * two + room(3), two + leak * one + room(4)


def panned(ratio: float) -> Stereo:
    """Both voices on both channels, each louder on its own by ``ratio``, as mixers like it."""
    one, two = voice(ASKS, 1), voice(ANSWERS, 2)
    return one * ratio + two + room(3), one + two * ratio + room(4)


def music() -> Stereo:
    """Two instruments, each on its own side, playing at the same time, with beats of their own."""
    at_s = np.arange(SECONDS * RATE) / RATE
    return tuple(
        0.3 * np.sin(2 * np.pi * pitch_hz * at_s) * (0.6 + 0.4 * np.sin(2 * np.pi * beat_hz * at_s))
        for pitch_hz, beat_hz in ((220, 2.0), (330, 2.7))
    )


def same(seed: int = 1) -> np.ndarray:
    return voice(ASKS, seed) + voice(ANSWERS, seed + 1)


def crackle() -> np.ndarray:
    sound = room(5)
    sound[:: RATE * 3] = 0.8
    return sound


STEREO: dict[str, tuple[Callable[[], Stereo], bool]] = {
    "an interview": (lambda: interview(ASKS, ANSWERS), True),
    "with voices in each other's headphones": (lambda: interview(ASKS, ANSWERS, leak=0.1), True),
    "with an interviewer of few words": (lambda: interview(LITTLE, MUCH), True),
    "with people who interrupt each other": (lambda: interview(ASKS, OVERLAPPING), True),
    "with one microphone turned down": (lambda: (voice(ASKS, 1) * 0.3 + room(3), voice(ANSWERS, 2) + room(4)), True),
    "mono saved as stereo": (lambda: (same(), same()), False),
    "with one side fainter": (lambda: (same(), 0.1 * same()), False),
    "mono with noise on each side": (lambda: (same() + room(5, 0.01), same() + room(6, 0.01)), False),
    "ordinary stereo": (lambda: panned(1.5), False),
    "voices put far to the sides": (lambda: panned(3.0), False),
    "music": (music, False),
    "music below a voice": (lambda: tuple(0.2 * side + same() for side in music()), False),
    "everything on the left": (lambda: (same(), np.zeros(SECONDS * RATE)), False),
    "everything on the left, noise on the right": (lambda: (same(), room(4)), False),
    "everything on the left, crackling on the right": (lambda: (same(), crackle()), False),
    "both always": (lambda: (voice(ALWAYS, 1), voice(ALWAYS, 2)), False),
    "first the one, then the other": (lambda: interview([(0, 30)], [(30, 60)]), False),
    "too short to tell": (lambda: tuple(side[: 8 * RATE] for side in interview(ASKS, ANSWERS)), False),
    "silence": (lambda: (np.zeros(SECONDS * RATE), np.zeros(SECONDS * RATE)), False),
    "nothing": (lambda: (np.zeros(0), np.zeros(0)), False),
}


@pytest.mark.parametrize("name", STEREO)
def test_two_speakers_are_told_from_other_stereo(name: str) -> None:
    make, expected = STEREO[name]
    stereo = np.stack(make(), axis=1).astype(np.float32)

    assert speaks_apart(*levels_by_side([stereo])) is expected
    assert speaks_apart(*levels_by_side([stereo[:, ::-1]])) is expected


def test_only_the_first_minutes_are_measured() -> None:
    read: list[int] = []

    def chunks() -> Any:
        for number in range(100):
            read.append(number)
            yield np.zeros((60 * RATE, 2), dtype=np.float32)

    left, right = levels_by_side(chunks())

    assert len(read) == 10
    assert len(left) == len(right) == 600 * 20


def test_a_channel_is_silent_where_the_other_one_speaks() -> None:
    one, two = interview(ASKS, ANSWERS, leak=0.05)

    (heard,) = own_voice([np.stack([one, two], axis=1).astype(np.float32)], 1)

    assert heard.dtype == np.float32
    loud = np.abs(heard).reshape(-1, RATE).max(axis=1)
    assert loud[8:14].min() > 0.05, "what is said here is heard as it is"
    assert np.mean(np.abs(heard[RATE : 5 * RATE]) > 0.01) < 0.02, "what leaks from the other one is not"


def real_stereo() -> list[Path]:
    folder = os.environ.get("PODCAST_INSIGHTS_REAL_DATA")
    found = (Path(folder) / "audio").rglob("*") if folder else ()
    return [path for path in sorted(found) if path.suffix in AUDIO and channel_count(path) == 2]


@pytest.mark.real_data
@pytest.mark.skipif("PODCAST_INSIGHTS_REAL_DATA" not in os.environ, reason="PODCAST_INSIGHTS_REAL_DATA is not set")
def test_no_real_stereo_with_its_voices_on_both_channels_is_taken_for_two_speakers() -> None:
    found = real_stereo()

    assert len(found) > 5
    assert [path.name for path in found if speaks_apart(*levels_by_side(decode_stereo(path)))] == []


def heard(*segments: Segment, **changes: Any) -> Recognition:
    given: dict[str, Any] = {"language": "en", "duration_s": 60.0, "compute_s": 5.0}
    return Recognition(segments=segments, **given | changes)


def test_what_both_said_is_in_order_and_has_its_speaker() -> None:
    left = heard(segment("And why is that?", 10, 12), segment("I see.", 20, 21, 1), cost_usd=0.25)
    right = heard(segment("It all began here.", 1, 9), segment("Because it rained.", 11.5, 19, 1), has_times=False)

    found = both_sides(left, right)

    assert [(one.index, one.start_s, one.speaker, one.text) for one in found.segments] == [
        (0, 1, "Speaker 1", "It all began here."),
        (1, 10, "Speaker 2", "And why is that?"),
        (2, 11.5, "Speaker 1", "Because it rained."),
        (3, 20, "Speaker 2", "I see."),
    ]
    assert (found.language, found.duration_s, found.compute_s) == ("en", 60, 10)
    assert (found.cost_usd, found.has_times) == (0.25, False)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (
            [segment("This show is brought to you by Acme.", 0, 5)],
            [segment("This show is brought to you, by ACME", 0.2, 5)],
            [(None, "This show is brought to you by Acme.")],
        ),
        (
            [segment("brought to you by Acme", 1, 4)],
            [segment("This show is brought to you by Acme.", 0, 5)],
            [(None, "This show is brought to you by Acme.")],
        ),
        ([segment("Yes.", 0, 1)], [segment("Yes.", 0, 1)], [("Speaker 1", "Yes."), ("Speaker 2", "Yes.")]),
        (
            [segment("We should go there now.", 0, 3)],
            [segment("We should go there now.", 10, 13)],
            [("Speaker 1", "We should go there now."), ("Speaker 2", "We should go there now.")],
        ),
        ([], [segment("Nobody else is here.", 3, 5)], [("Speaker 1", "Nobody else is here.")]),
        ([], [], []),
    ],
    ids=["the same on both", "a part of it", "both agree", "said again later", "only one", "nobody"],
)
def test_what_is_on_both_channels_is_there_once(
    left: list[Segment], right: list[Segment], expected: list[tuple[str | None, str]]
) -> None:
    found = both_sides(heard(*left), heard(*right))

    assert [(one.speaker, one.text) for one in found.segments] == expected


def test_a_file_is_decoded_with_both_channels(tmp_path: Path) -> None:
    left, right = tone(2), 0.5 * tone(2)
    path = write_stereo(tmp_path / "a.wav", left, right)

    (both,) = decode_stereo(path)

    assert (channel_count(path), channel_count(write_audio(tmp_path / "b.wav", left))) == (2, 1)
    assert np.allclose(both, np.stack([left, right], axis=1), atol=1e-3)
    assert [chunk.shape for chunk in decode_pcm(path)] == [(2 * RATE,)]


@pytest.fixture
def engine(httpserver: HTTPServer) -> ServerEngine:
    """An engine whose server tells a low voice from a high one."""

    def script(sent: Sent) -> dict[str, Any]:
        said = "Why did you build it?" if sent.pitch_hz < 400 else "Because it was not there."
        return verbose(sent, (0.0, min(3.0, sent.length_s), said))

    return engine_at(FakeSpeechServer(httpserver).answers_with(script))


@pytest.fixture(scope="module")
def two_voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at_s = np.arange(48 * RATE) / RATE
    low, high = (0.3 * np.sin(2 * np.pi * pitch_hz * at_s) for pitch_hz in (300, 700))
    low_speaks = (at_s % 24) < 12
    return write_stereo(tmp_path_factory.mktemp("audio") / "two.wav", low * low_speaks, high * ~low_speaks)


def hear(engine: ServerEngine, audio: Path, **more: Any) -> Recognition:
    return engine.transcribe(audio, episode_id="episode1", language="en", windows=DictCache[RecognisedWindow](), **more)


def test_each_channel_is_heard_by_itself(engine: ServerEngine, two_voices: Path) -> None:
    told: list[tuple[float, float]] = []

    found = hear(engine, two_voices, progress=lambda *done: told.append(done))

    assert [(round(one.start_s), one.speaker, one.text) for one in found.segments] == [
        (0, "Speaker 1", "Why did you build it?"),
        (12, "Speaker 2", "Because it was not there."),
        (24, "Speaker 1", "Why did you build it?"),
        (36, "Speaker 2", "Because it was not there."),
    ]
    assert found.duration_s == pytest.approx(48)
    assert told[-1] == (pytest.approx(48), pytest.approx(48))
    assert [done_s for done_s, _ in told] == sorted(done_s for done_s, _ in told)


def test_a_show_may_have_its_channels_mixed(engine: ServerEngine, two_voices: Path) -> None:
    mixed = engine.for_show(ShowSettings(url="https://example.org/feed", channels="mix"))

    assert {one.speaker for one in hear(mixed, two_voices).segments} == {None}
    assert (engine.options, mixed.options) == ({}, {"channels": "mix"})
    assert mixed.for_show(ShowSettings(url="https://example.org/feed", channels="auto")).options == {}
