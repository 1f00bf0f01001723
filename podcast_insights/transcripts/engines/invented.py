"""Words that a recogniser made up: loops, and more characters than anybody can say in the time.

Whisper fails this way on music, silence and noise. Dropping such segments loses nothing that was said.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from podcast_insights.transcripts.loops import looped_words, words_of
from podcast_insights.transcripts.values import Segment

FASTEST_CHARS_PER_S = 40.0
# Short words may be given too little time by a rounding of their ends.
JUDGED_CHARS = 30
LOOPED_RATIO = 0.5
MOST_REPEATED_SEGMENTS = 4


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
    return tuple(
        Segment(
            index=index,
            start_s=segment.start_s,
            end_s=segment.end_s,
            text=segment.text,
            speaker=segment.speaker,
            is_ad=segment.is_ad,
        )
        for index, segment in enumerate(segments)
    )


def _is_impossible(segment: Segment) -> bool:
    if len(segment.text) > max(JUDGED_CHARS, FASTEST_CHARS_PER_S * (segment.end_s - segment.start_s)):
        return True
    words = words_of(segment.text)
    return looped_words(words) > LOOPED_RATIO * max(1, len(words))
