import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.engines.server_answers import Answer, read_answer, spread

SOUND = np.ones(200, dtype=np.bool_)  # 10 s in frames of 50 ms


def read(body: Any) -> Answer:
    return read_answer(body, sounding=SOUND, frame_s=0.05)


def timed(*segments: tuple[Any, Any, Any]) -> dict[str, Any]:
    return {"text": "all of it", "segments": [{"start": one, "end": two, "text": text} for one, two, text in segments]}


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([(1, 2.5, " a "), (3, 4, "b")], [(1, 2.5, "a"), (3, 4, "b")]),
        ([(3, 4, "b"), (1, 2, "a")], [(1, 2, "a"), (3, 4, "b")]),
        ([(-1, 2, "a")], [(0, 2, "a")]),
        ([(5, 4, "a")], [(5, 5, "a")]),
        ([(9, 11.5, "a")], [(9, 10, "a")]),
        ([(1, 2, "<b>a</b> &amp; b\x00")], [(1, 2, "a & b")]),
        ([(1, 2, ""), (3, 4, "b")], [(3, 4, "b")]),
        ([(math.nan, 2, "x"), ("1", 2, "x"), (1, None, "x"), (1, 2, 3), (True, 2, "x"), (3, 4, "b")], [(3, 4, "b")]),
        ([(1, 10**400, "x"), (3, 4, "b")], [(3, 4, "b")]),
    ],
    ids=[
        "as given",
        "sorted",
        "before",
        "backwards",
        "a little over",
        "marked up",
        "empty",
        "no numbers",
        "too large to be one",
    ],
)
def test_segments_are_read_with_suspicion(
    segments: list[tuple[Any, Any, Any]], expected: list[tuple[float, float, str]]
) -> None:
    found = read(timed(*segments))

    assert [(one.start_s, one.end_s, one.text) for one in found.segments] == expected
    assert found.has_times


@pytest.mark.parametrize(
    "body",
    [
        timed((0, 9000, "milliseconds")),
        {"text": "all of it", "segments": []},
        {"text": "all of it", "segments": None},
        {"text": "all of it", "segments": {"a": 1}},
        {"text": "all of it"},
    ],
)
def test_without_times_that_can_be_right_the_text_is_spread(body: dict[str, Any]) -> None:
    found = read(body)

    assert [(one.start_s, one.end_s, one.text) for one in found.segments] == [(0, 10, "all of it")]
    assert not found.has_times


@pytest.mark.parametrize("body", [None, [], "text", {}, {"text": 3}])
def test_what_holds_no_text_is_an_error(body: Any) -> None:
    with pytest.raises(TranscriptError, match="no text"):
        read(body)


@pytest.mark.parametrize(
    ("usage", "billed_s"),
    [
        ({"type": "duration", "seconds": 12}, 12),
        ({"type": "tokens"}, None),
        ({"seconds": -1}, None),
        ({"seconds": 10**400}, None),
        (7, None),
    ],
)
def test_what_is_billed_is_what_the_server_says(usage: Any, billed_s: float | None) -> None:
    assert read({"text": "", "usage": usage}).billed_s == billed_s


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("城市数停车位。「为什么？」因为容易。", ["城市数停车位。", "「为什么？」", "因为容易。"]),
        ("これは文です。 これも。", ["これは文です。", "これも。"]),
        ("数" * 600, ["数" * 251, "数" * 251, "数" * 98]),
        ("One here. It is 2.5 here?! Yes", ["One here.", "It is 2.5 here?!", "Yes"]),
    ],
)
def test_text_without_spaces_is_spread_in_sentences_too(text: str, pieces: list[str]) -> None:
    found = spread(text, sounding=SOUND, frame_s=0.05)

    assert [one.text for one in found] == pieces
    assert all(one.start_s < one.end_s for one in found)
    assert found[-1].end_s == pytest.approx(10.0)


@given(text=st.text(alphabet="ab .?!\n…", max_size=600), sounding=st.lists(st.booleans(), min_size=1, max_size=80))
def test_spread_loses_no_word_and_goes_forward(text: str, sounding: list[bool]) -> None:
    words = " ".join(text.split())

    segments = spread(words, sounding=np.array(sounding), frame_s=0.05)

    assert " ".join(one.text for one in segments).split() == words.split()
    times = [time for one in segments for time in (one.start_s, one.end_s)]
    assert all(one.start_s <= one.end_s for one in segments)
    assert [one.start_s for one in segments] == sorted(one.start_s for one in segments)
    assert all(0 <= time <= len(sounding) * 0.05 + 1e-9 for time in times)
