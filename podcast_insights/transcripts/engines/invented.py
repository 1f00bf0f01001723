"""Words that a recogniser made up: loops, more than anybody can say in the time, text over silence, its own prompt.

Whisper fails this way on music, silence and noise. Dropping such segments loses nothing that was said. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from podcast_insights.transcripts.loops import looped_words, words_of, words_or_letters_of
from podcast_insights.transcripts.values import Segment

if TYPE_CHECKING:
    from podcast_insights.transcripts.engines.levels import Frames

FASTEST_CHARS_PER_S = 40.0
# Short words may be given too little time by a rounding of their ends.
JUDGED_CHARS = 30
LOOPED_RATIO = 0.5
MOST_REPEATED_SEGMENTS = 4
# Names said in a row are no echo; a longer piece of the prompt, word for word and nothing else, is.
FEWEST_ECHOED_WORDS = 4
# How far a segment's times may be off.
TIMES_OFF_S = 0.5


def believable(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return the segments without those that were made up, numbered anew."""
    spoken = [segment for segment in segments if segment.text.strip() and not _is_impossible(segment)]
    kept: list[Segment] = []
    for _, group in groupby(spoken, key=lambda segment: tuple(words_of(segment.text)) or (segment.text,)):
        repeated = list(group)
        # The first of a row of equal segments may have been said once.
        kept.extend(repeated if len(repeated) < MOST_REPEATED_SEGMENTS else repeated[:1])
    return renumbered(kept)


def renumbered(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with their indexes counted from 0."""
    return tuple(replace(segment, index=index) for index, segment in enumerate(segments))


def fault_of(segment: Segment, *, sounding: "Frames", frame_s: float, prompt: str | None) -> str | None:
    """Return why a segment cannot have been said, None where it can.

    Args:
        segment: What was heard, with its times in the window.
        sounding: Whether there is sound in each frame of the window.
        frame_s: How long a frame is.
        prompt: What the recogniser was told before.
    """
    if _is_looped(segment):
        return "looped"
    if _is_too_fast(segment):
        return "too_fast"
    first = max(0, int((segment.start_s - TIMES_OFF_S) / frame_s))
    if not sounding[first : int((segment.end_s + TIMES_OFF_S) / frame_s) + 1].any():
        return "over_silence"
    return "prompt_echo" if prompt and _is_echo(segment, prompt) else None


def _is_impossible(segment: Segment) -> bool:
    return _is_too_fast(segment) or _is_looped(segment)


def _is_too_fast(segment: Segment) -> bool:
    return len(segment.text) > max(JUDGED_CHARS, FASTEST_CHARS_PER_S * (segment.end_s - segment.start_s))


def _is_looped(segment: Segment) -> bool:
    words = words_or_letters_of(segment.text)
    return looped_words(words) > LOOPED_RATIO * max(1, len(words))


def _is_echo(segment: Segment, prompt: str) -> bool:
    words = words_of(segment.text)
    return len(words) >= FEWEST_ECHOED_WORDS and f" {' '.join(words)} " in f" {' '.join(words_of(prompt))} "
