"""Cues to segments: order and times are mended, fragments are merged, long stretches are cut at sentence ends.

A cue is a piece of text as a file has it: a word, a hard-wrapped line, a paragraph. A segment is at most about half a
minute by one speaker. Everything here is pure; reading formats is for the other modules.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.formats.text import join_words
from podcast_insights.transcripts.formats.times import MAX_TIME_S
from podcast_insights.transcripts.values import Segment

MAX_CUES = 200_000
MAX_SEGMENT_S = 30.0
MAX_SEGMENT_CHARS = 700
MAX_PAUSE_S = 2.0
SPEECH_CHARS_PER_S = 15.0

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]」』]*$")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])[\"'”’)\]]{0,3}\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A piece of text of a file; times are None where the file does not say them."""

    text: str
    start_s: float | None = None
    end_s: float | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A piece of text with times that can be relied on."""

    text: str
    start_s: float
    end_s: float
    speaker: str | None


def bound_cues(cues: int) -> None:
    """Check that a file has no more cues than are read.

    Raises:
        TranscriptError: It has.
    """
    if cues > MAX_CUES:
        raise TranscriptError(f"has {cues} cues; at most {MAX_CUES} are read")


def segments_of(cues: Iterable[Cue]) -> tuple[Segment, ...]:
    """Return the segments of cues in any order and state; cues without text are dropped."""
    pieces = [part for piece in _mended(list(cues)) for part in _cut(piece)]
    return tuple(
        Segment(
            index=index,
            start_s=round(piece.start_s, 3),
            end_s=round(max(piece.start_s, piece.end_s), 3),
            text=piece.text,
            speaker=piece.speaker,
        )
        for index, piece in enumerate(_merged(pieces))
    )


def _mended(cues: Sequence[Cue]) -> Iterator[_Piece]:
    """Yield the pieces in order of time, none reaching into the next; pieces that start together share their time."""
    groups = [(start_s, list(group)) for start_s, group in groupby(_sorted(cues), key=lambda cue: cue.start_s or 0.0)]
    for position, (start_s, group) in enumerate(groups):
        next_s = groups[position + 1][0] if position + 1 < len(groups) else None
        end_s = max((cue.end_s for cue in group if cue.end_s is not None), default=start_s)
        if end_s <= start_s:
            end_s = start_s + sum(len(cue.text) for cue in group) / SPEECH_CHARS_PER_S
        if next_s is not None:
            end_s = min(end_s, next_s)
        yield from _shared(group, start_s, end_s)


def _sorted(cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues with text by start; a cue without one follows the cue before it."""
    known: list[Cue] = []
    last_s = 0.0
    for cue in cues:
        start_s = last_s if cue.start_s is None else max(0.0, cue.start_s)
        if cue.text and start_s <= MAX_TIME_S:
            end_s = cue.end_s if cue.end_s is not None and start_s <= cue.end_s <= MAX_TIME_S else None
            known.append(replace(cue, start_s=start_s, end_s=end_s))
            last_s = start_s
    return sorted(known, key=lambda cue: cue.start_s or 0.0)


def _shared(group: Sequence[Cue], start_s: float, end_s: float) -> Iterator[_Piece]:
    total = sum(len(cue.text) for cue in group)
    done = 0
    for cue in group:
        begin_s = start_s + (end_s - start_s) * done / total
        done += len(cue.text)
        finish_s = start_s + (end_s - start_s) * done / total
        yield _Piece(text=cue.text, start_s=begin_s, end_s=finish_s, speaker=cue.speaker)


def _cut(piece: _Piece) -> Iterator[_Piece]:
    """Yield a piece in parts of at most half a minute, cut at sentence ends, else between words."""
    duration_s = piece.end_s - piece.start_s
    if duration_s <= MAX_SEGMENT_S and len(piece.text) <= 2 * MAX_SEGMENT_CHARS:
        yield piece
        return
    limit = MAX_SEGMENT_CHARS
    if duration_s > MAX_SEGMENT_S:
        limit = max(40, min(limit, int(len(piece.text) * MAX_SEGMENT_S / duration_s)))
    parts = [part for sentence in _sentences(piece.text) for part in _bounded(sentence, limit)]
    yield from _shared(
        [Cue(text=part, speaker=piece.speaker) for part in parts],
        piece.start_s,
        piece.end_s,
    )


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; a closing quotation mark stays with its sentence."""
    start = 0
    for gap in _BETWEEN_SENTENCES.finditer(text):
        sentence = text[start : gap.end()].strip()
        if sentence:
            yield sentence
        start = gap.end()
    if text[start:].strip():
        yield text[start:].strip()


def _bounded(sentence: str, limit: int) -> Iterator[str]:
    """Yield a sentence in parts of about ``limit`` characters; a text without spaces is cut anywhere."""
    while len(sentence) > limit * 1.5:
        space = sentence.rfind(" ", limit // 2, limit)
        cut = space if space > 0 else limit
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence


def _merged(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Yield pieces with the fragments of a sentence put together."""
    current: _Piece | None = None
    for piece in pieces:
        if current is not None and _goes_on(current, piece):
            current = replace(current, text=join_words(current.text, piece.text), end_s=max(current.end_s, piece.end_s))
            continue
        if current is not None:
            yield current
        current = piece
    if current is not None:
        yield current


def _goes_on(current: _Piece, following: _Piece) -> bool:
    return (
        current.speaker == following.speaker
        and not _SENTENCE_END.search(current.text)
        and following.start_s - current.end_s <= MAX_PAUSE_S
        and following.end_s - current.start_s <= MAX_SEGMENT_S
        and len(current.text) + len(following.text) <= MAX_SEGMENT_CHARS
    )
