"""What a model's tokens for one window say about time: which words lie where, and what is left to hear. Pure.

Whisper writes ``<|0.00|> words <|4.20|><|4.20|> more words <|9.00|>``: two marks in a row end a segment and begin the
next. Words after the last such pair were cut off by the window's end, so they are heard again from that pair on, which
is how ``whisper.transcribe`` goes through a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# Less than this is not looked at again, so that hearing a window always comes to an end.
SHORTEST_REST_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedTokens:
    """The tokens of one segment; times are seconds from the window's start."""

    start_s: float
    end_s: float
    tokens: tuple[int, ...]


def timed_tokens(
    tokens: Sequence[int], *, first_mark: int, mark_s: float, window_s: float
) -> tuple[tuple[TimedTokens, ...], float | None]:
    """Return the segments in ``tokens``, and from where on the window must be heard again (None: it is done).

    Args:
        tokens: What the model said, without its prompt and its end.
        first_mark: The token that means 0.00; higher ones are later.
        mark_s: How much later each is.
        window_s: How long the window is.
    """
    is_mark = [token >= first_mark for token in tokens]
    pairs = [at for at in range(1, len(tokens)) if is_mark[at - 1] and is_mark[at]]
    ends_in_one_mark = is_mark[-2:] == [False, True]
    if not pairs:
        marks = [token - first_mark for token in tokens if token > first_mark]
        end_s = min(window_s, marks[-1] * mark_s) if marks else window_s
        return (TimedTokens(start_s=0.0, end_s=end_s, tokens=tuple(tokens)),) if tokens else (), None
    found = _between([*pairs, len(tokens)] if ends_in_one_mark else pairs, tokens, first_mark, mark_s, window_s)
    if ends_in_one_mark:
        return found, None
    rest_s = (tokens[pairs[-1] - 1] - first_mark) * mark_s
    if rest_s >= SHORTEST_REST_S and window_s - rest_s >= SHORTEST_REST_S:
        return found, rest_s
    cut_off = tuple(tokens[pairs[-1] :])
    if window_s - rest_s < SHORTEST_REST_S or not any(token < first_mark for token in cut_off):
        return found, None
    return (*found, TimedTokens(start_s=rest_s, end_s=window_s, tokens=cut_off)), None


def _between(
    ends: Sequence[int], tokens: Sequence[int], first_mark: int, mark_s: float, window_s: float
) -> tuple[TimedTokens, ...]:
    begins = [0, *ends[:-1]]
    return tuple(
        TimedTokens(
            start_s=min(window_s, max(0, tokens[begin] - first_mark) * mark_s),
            end_s=min(window_s, max(0, tokens[end - 1] - first_mark) * mark_s),
            tokens=tuple(tokens[begin:end]),
        )
        for begin, end in zip(begins, ends, strict=True)
    )
