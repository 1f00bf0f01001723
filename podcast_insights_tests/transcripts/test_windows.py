import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.transcripts.engines.invented import believable
from podcast_insights.transcripts.engines.levels import sounding_frames
from podcast_insights.transcripts.engines.windows import AudioWindow, audio_windows, quietest_cut
from podcast_insights.transcripts.values import Segment
from podcast_insights_tests.audio.fakes import tone
from podcast_insights_tests.transcripts.fakes import segment

RATE = 16_000


def with_silence(seconds: float, *spans_s: tuple[float, float]) -> np.ndarray:
    sound = tone(seconds)
    for start_s, end_s in spans_s:
        sound[int(start_s * RATE) : int(end_s * RATE)] = 0
    return sound


def windows_of(sound: np.ndarray, chunk_s: float = 100.0) -> list[AudioWindow]:
    step = int(chunk_s * RATE)
    return list(audio_windows(sound[at : at + step] for at in range(0, len(sound), step)))


def spans_s(windows: list[AudioWindow]) -> list[tuple[float, float]]:
    return [(round(window.start / RATE, 1), round(window.end / RATE, 1)) for window in windows]


@pytest.mark.parametrize("chunk_s", [0.7, 3.0, 100.0])
def test_windows_are_cut_in_pauses_whatever_the_chunks(chunk_s: float) -> None:
    sound = with_silence(70, (27.0, 27.5), (55.0, 55.5))

    windows = windows_of(sound, chunk_s)

    assert [window.end / RATE for window in windows[:2]] == [
        pytest.approx(27.25, abs=0.2),
        pytest.approx(55.25, abs=0.2),
    ]
    assert np.array_equal(np.concatenate([window.samples for window in windows]), sound)
    assert [window.start for window in windows[1:]] == [window.end for window in windows[:-1]]


@pytest.mark.parametrize(
    ("silences_s", "expected_s"),
    [
        ([], [(0.0, 20.0)]),
        ([(5.0, 7.0)], [(0.0, 20.0)]),
        ([(5.0, 9.0)], [(0.0, 5.3), (8.7, 20.0)]),
        ([(0.0, 4.0)], [(3.7, 20.0)]),
        ([(14.0, 20.0)], [(0.0, 14.3)]),
        ([(0.0, 20.0)], []),
    ],
    ids=["none", "short", "inside", "first", "last", "all"],
)
def test_long_silence_is_left_out(silences_s: list[tuple[float, float]], expected_s: list[tuple[float, float]]) -> None:
    assert spans_s(windows_of(with_silence(20, *silences_s))) == expected_s


@settings(max_examples=25, deadline=None)
@given(
    seconds=st.integers(1, 100),
    silences=st.lists(st.tuples(st.integers(0, 100), st.integers(1, 40)), max_size=5),
    chunk_s=st.sampled_from([0.5, 7.0, 30.0]),
)
def test_no_sound_is_lost_and_no_window_is_too_long(
    seconds: int, silences: list[tuple[int, int]], chunk_s: float
) -> None:
    sound = with_silence(seconds, *((start, start + length) for start, length in silences))

    windows = windows_of(sound, chunk_s)
    heard = np.zeros(len(sound), dtype=bool)
    for window in windows:
        assert len(window.samples) <= 30 * RATE
        assert np.array_equal(window.samples, sound[window.start : window.end])
        assert not heard[window.start : window.end].any()
        heard[window.start : window.end] = True

    assert not sound[~heard].any()
    assert [window.start for window in windows] == sorted(window.start for window in windows)


def test_three_hours_take_no_more_memory_than_one() -> None:
    minute = with_silence(60, (10, 10.4), (35, 35.4))

    def peak_bytes(hours: int) -> int:
        tracemalloc.start()
        try:
            assert sum(len(window.samples) for window in audio_windows(minute for _ in range(hours * 60)))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak_bytes(3) < 1.1 * peak_bytes(1)


def test_a_window_too_short_to_search_is_cut_at_its_end() -> None:
    assert quietest_cut(tone(1.0)) == RATE


def test_sound_below_any_microphone_is_silence() -> None:
    assert not sounding_frames(np.zeros(8000, dtype=np.float32)).any()
    assert not sounding_frames(tone(1, loud=0.0005)).any()
    assert sounding_frames(tone(1, loud=0.01)).all()
    assert not len(sounding_frames(np.zeros(0, dtype=np.float32)))


def test_who_speaks_softly_beside_loud_music_is_heard() -> None:
    loud, soft = tone(3, loud=0.9), tone(3, loud=0.01)

    assert sounding_frames(np.concatenate((loud, soft))).all()


@pytest.mark.parametrize(
    ("segments", "kept"),
    [
        ([segment("Said in good time.", 0, 2)], ["Said in good time."]),
        ([segment("x" * 200, 0, 2)], []),
        ([segment("Short.", 0, 0.02)], ["Short."]),
        ([segment("thank you " * 20, 0, 20)], []),
        ([segment("   ", 0, 2)], []),
        ([segment("Thanks for watching!", at, at + 2) for at in range(9)], ["Thanks for watching!"]),
        ([segment("Yes.", 0, 1), segment("Yes.", 1, 2)], ["Yes.", "Yes."]),
    ],
)
def test_invented_segments_are_dropped(segments: list[Segment], kept: list[str]) -> None:
    result = believable(segments)

    assert [part.text for part in result] == kept
    assert [part.index for part in result] == list(range(len(kept)))
