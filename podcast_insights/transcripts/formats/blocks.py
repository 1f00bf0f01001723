"""Text with few times or none: blocks are placed on the time line by their length.

HTML and plain text give paragraphs, some with a time. Between two known times the text is spread evenly by characters;
without any, over the whole duration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from podcast_insights.transcripts.formats.cues import Cue

SPEECH_WORDS_PER_MINUTE = 150.0
# Times further apart than this place words too roughly to link to a second.
CLOSE_MARKS_S = 60.0
FEWEST_MARKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph; ``start_s`` is None where the text does not say when it starts."""

    text: str
    speaker: str | None = None
    start_s: float | None = None


def placed_blocks(blocks: Sequence[Block], duration_s: float | None) -> tuple[list[Cue], bool]:
    """Return the blocks as cues with times, and whether the text itself said the times closely enough."""
    blocks = [block for block in blocks if block.text]
    if not blocks:
        return [], False
    anchors = _anchors(blocks, duration_s)
    end_s = _end_s(blocks, anchors, duration_s)
    marks = [(0, 0.0), *anchors] if not anchors or anchors[0][0] != 0 else list(anchors)
    marks.append((len(blocks), max(end_s, marks[-1][1])))
    cues: list[Cue] = []
    for (first, start_s), (beyond, stop_s) in pairwise(marks):
        cues.extend(_spread(blocks[first:beyond], start_s, stop_s))
    return cues, _is_close(len(anchors), len(blocks), end_s)


def _anchors(blocks: Sequence[Block], duration_s: float | None) -> list[tuple[int, float]]:
    """Return the positions whose time is known and does not go back or beyond the end."""
    anchors: list[tuple[int, float]] = []
    for position, block in enumerate(blocks):
        if block.start_s is None or (duration_s and block.start_s > duration_s * 1.5):
            continue
        if not anchors or block.start_s >= anchors[-1][1]:
            anchors.append((position, max(0.0, block.start_s)))
    return anchors


def _end_s(blocks: Sequence[Block], anchors: Sequence[tuple[int, float]], duration_s: float | None) -> float:
    first, start_s = anchors[-1] if anchors else (0, 0.0)
    words = sum(len(block.text.split()) for block in blocks[first:])
    spoken_s = start_s + words * 60 / SPEECH_WORDS_PER_MINUTE
    if duration_s is None or duration_s <= start_s:
        return spoken_s
    # The last known time tells where the text ends better than a duration with music or advertisements behind it.
    return min(duration_s, spoken_s) if len(anchors) >= FEWEST_MARKS else duration_s


def _spread(blocks: Sequence[Block], start_s: float, end_s: float) -> list[Cue]:
    total = sum(len(block.text) for block in blocks)
    cues: list[Cue] = []
    done = 0
    for block in blocks:
        begin_s = start_s + (end_s - start_s) * done / total
        done += len(block.text)
        finish_s = start_s + (end_s - start_s) * done / total
        cues.append(Cue(text=block.text, start_s=begin_s, end_s=finish_s, speaker=block.speaker))
    return cues


def _is_close(anchors: int, blocks: int, end_s: float) -> bool:
    return anchors >= min(FEWEST_MARKS, blocks) and end_s <= anchors * CLOSE_MARKS_S
