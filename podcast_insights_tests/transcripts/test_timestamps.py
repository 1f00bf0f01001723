import pytest

from podcast_insights.transcripts.engines.timestamps import TimedTokens, timed_tokens

ZERO = 1000


def at(seconds: float) -> int:
    return ZERO + round(seconds / 0.02)


def timed(start_s: float, end_s: float, *tokens: int) -> TimedTokens:
    return TimedTokens(start_s=start_s, end_s=end_s, tokens=tokens)


@pytest.mark.parametrize(
    ("tokens", "segments", "rest_s"),
    [
        ([], [], None),
        ([1, 2], [timed(0, 30, 1, 2)], None),
        ([at(0), 1, at(4)], [timed(0, 4, at(0), 1, at(4))], None),
        (
            [at(0), 1, at(4), at(4), 2, at(9)],
            [timed(0, 4, at(0), 1, at(4)), timed(4, 9, at(4), 2, at(9))],
            None,
        ),
        ([at(0), 1, at(4), at(4)], [timed(0, 4, at(0), 1, at(4))], 4.0),
        ([at(0), 1, at(4), at(5), 2], [timed(0, 4, at(0), 1, at(4))], 4.0),
        ([at(0), 1, at(29.5), at(29.5), 2], [timed(0, 29.5, at(0), 1, at(29.5))], None),
        (
            [at(0), 1, at(0.5), at(0.5), 2],
            [timed(0, 0.5, at(0), 1, at(0.5)), timed(0.5, 30, at(0.5), 2)],
            None,
        ),
        ([at(1), 1, at(40)], [timed(0, 30, at(1), 1, at(40))], None),
    ],
    ids=[
        "nothing",
        "no times",
        "one",
        "two",
        "more to come",
        "cut off",
        "cut off at the end",
        "no progress",
        "too far",
    ],
)
def test_marks_say_where_words_lie(tokens: list[int], segments: list[TimedTokens], rest_s: float | None) -> None:
    found, rest = timed_tokens(tokens, first_mark=ZERO, mark_s=0.02, window_s=30.0)

    assert list(found) == [
        TimedTokens(start_s=pytest.approx(one.start_s), end_s=pytest.approx(one.end_s), tokens=one.tokens)
        for one in segments
    ]
    assert rest == (None if rest_s is None else pytest.approx(rest_s))
