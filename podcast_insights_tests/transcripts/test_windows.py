import numpy as np
import pytest

from podcast_insights.transcripts.engines.invented import believable
from podcast_insights.transcripts.engines.windows import audio_windows, is_silent, quietest_cut
from podcast_insights.transcripts.values import Segment
from podcast_insights_tests.audio.fakes import tone
from podcast_insights_tests.transcripts.fakes import segment

RATE = 16_000


def with_pauses(seconds: float, *pauses_s: float) -> np.ndarray:
    sound = tone(seconds)
    for at_s in pauses_s:
        sound[int(at_s * RATE) : int((at_s + 0.5) * RATE)] = 0
    return sound


@pytest.mark.parametrize("chunk_s", [0.7, 3.0, 100.0])
def test_windows_are_cut_in_pauses_whatever_the_chunks(chunk_s: float) -> None:
    sound = with_pauses(25, 9.0, 18.0)
    step = int(chunk_s * RATE)

    windows = list(audio_windows((sound[at : at + step] for at in range(0, len(sound), step)), 10.0))

    assert [window.end / RATE for window in windows[:2]] == [
        pytest.approx(9.25, abs=0.2),
        pytest.approx(18.25, abs=0.2),
    ]
    assert np.array_equal(np.concatenate([window.samples for window in windows]), sound)
    assert [window.start for window in windows[1:]] == [window.end for window in windows[:-1]]


def test_windows_never_exceed_their_length() -> None:
    assert max(len(window.samples) for window in audio_windows([tone(31)], 10.0)) <= 10 * RATE


def test_a_window_too_short_to_search_is_cut_at_its_end() -> None:
    assert quietest_cut(tone(1.0)) == RATE


def test_sound_below_any_microphone_is_silence() -> None:
    assert is_silent(np.zeros(100, dtype=np.float32))
    assert is_silent(tone(1, loud=0.0005))
    assert not is_silent(tone(1, loud=0.01))
    assert is_silent(np.zeros(0, dtype=np.float32))


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
