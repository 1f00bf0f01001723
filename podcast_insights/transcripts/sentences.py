"""Segments to sentences: speaker turns, sentence boundaries, times and places in the transcript's text.

The transcript's text is its segments joined by single spaces (``joined_text``); each sentence knows where it stands in
that text, so that a quote is cut out of it and never put together again. Cleaning a sentence for a reader is
``disfluencies.py``; what a sentence is worth is ``insights/``.

The splitter is our own, in some thirty lines. ``sentencex`` was tried and keeps everything between two quotation marks
together, so that one stray mark in a caption file makes a sentence of a whole page; it also gives no way to go on
where recognised speech has no punctuation at all.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from podcast_insights.transcripts.scripts import about_words
from podcast_insights.transcripts.values import Segment

MAX_SENTENCE_WORDS = 70
UNPUNCTUATED_WORDS = 22
# Spoken English ends a sentence every 10 to 20 words; recognition that punctuates less than this does not punctuate.
FEWEST_ENDS_PER_WORD = 1 / 60

Span = tuple[int, int]

_ENDS = re.compile(r"(?:\.{2,}|[.!?…।॥؟۔]+)[\"'”’)\]]*(?=\s|$)|[。！？]+[」』”’)]*")
# Where words are written together, a clause is what can be cut off: at a mark, or at the space between two segments.
_WORD = re.compile(r"[^\s，、；：]+[，、；：]*|[，、；：]+")
_LAST_WORD = re.compile(r"\S+$")
_SINGLE_LETTERS = re.compile(r"[a-hj-z]|(?:[a-z]\.)+[a-z]")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e eg ie inc ltd co corp vol fig approx u.s u.k a.m p.m ph.d d.c".split()  # noqa: SIM905
)
_CLAUSE = re.compile(r"(?<=[,;:—])\s+(?=(?:and|but|so|because|which|or)\b)|(?<=\s--)\s+")
_CONNECTIVES = frozenset(
    "so but because and if when then now which however therefore also basically although while since".split()  # noqa: SIM905
)
_BACK_CHANNEL = re.compile(
    r"(?i)(?:yeah|yes|yep|right|exactly|okay|ok|sure|absolutely|totally|cool|nice|wow|oh|no|interesting|awesome|great"
    r"|gotcha|definitely|of course|for sure|mm-?hmm|that's (?:right|true|great|cool|awesome|interesting))\b"
    r"(?:[ ,.!]+\w+){0,3}[ ,.!]*$"
)
_ANSWER_OPENING = re.compile(
    r"(?i)(?:yeah|yes|yep|exactly|oh|no|right|absolutely|definitely|totally|sure|okay|ok|(?:that's a )?"
    r"(?:great|good) question)\b[,.!]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of one turn.

    ``start_char`` and ``end_char`` are its place in the transcript's text, where ``text`` stands word for word.
    ``turn`` counts the stretches of one speaker. Times are interpolated within segments by characters.
    """

    index: int
    text: str
    speaker: str | None
    turn: int
    first_segment: int
    last_segment: int
    start_s: float
    end_s: float
    start_char: int
    end_char: int


def joined_text(segments: Sequence[Segment]) -> str:
    """Return the transcript's text: its segments joined by single spaces."""
    return " ".join(segment.text for segment in segments)


class TextMap:
    """Where each segment stands in the transcript's text, and which second a character is said at."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Lay the segments out one after the other."""
        self.segments = tuple(segments)
        self.text = joined_text(segments)
        self.starts: list[int] = []
        offset = 0
        for segment in self.segments:
            self.starts.append(offset)
            offset += len(segment.text) + 1

    def position_at(self, char: int) -> int:
        """Return the position (not the index) of the segment that holds a character."""
        return max(0, bisect_right(self.starts, char) - 1)

    def second_at(self, char: int) -> float:
        """Return when a character is said, by its place within its segment."""
        position = self.position_at(char)
        segment = self.segments[position]
        done_ratio = (char - self.starts[position]) / max(1, len(segment.text))
        return segment.start_s + (segment.end_s - segment.start_s) * min(1.0, max(0.0, done_ratio))

    def span_times(self, span: Span) -> tuple[float, float]:
        """Return the seconds between which a span is said; the end is never before the start."""
        start_s = self.second_at(span[0])
        last = max(span[0], span[1] - 1)
        position = self.position_at(last)
        is_whole = span[1] >= self.starts[position] + len(self.segments[position].text)
        end_s = self.segments[position].end_s if is_whole else self.second_at(span[1])
        return start_s, max(start_s, end_s)


def is_punctuated(segments: Sequence[Segment]) -> bool:
    """Whether the text has enough sentence ends to be split at them."""
    words = sum(about_words(word) for segment in segments for word in segment.text.split())
    ends = sum(len(_ENDS.findall(segment.text)) for segment in segments)
    return ends > words * FEWEST_ENDS_PER_WORD


def sentences_of(segments: Sequence[Segment]) -> tuple[Sentence, ...]:
    """Return the sentences of a transcript, in order; none of them runs over a change of speaker."""
    layout = TextMap(segments)
    split = _punctuated_spans if is_punctuated(segments) else _unpunctuated_spans
    placed = [
        (span, turn)
        for turn, turn_span in enumerate(_turn_spans(layout))
        for whole in split(layout.text, turn_span)
        for span in _bounded_spans(layout.text, whole)
    ]
    turns = [turn for _, turn in placed]
    if all(segment.speaker is None for segment in segments):
        turns = _pseudo_turns([layout.text[start:end] for (start, end), _ in placed])
    return tuple(
        _sentence(layout, index, span, turn) for index, ((span, _), turn) in enumerate(zip(placed, turns, strict=True))
    )


def _sentence(layout: TextMap, index: int, span: Span, turn: int) -> Sentence:
    first = layout.segments[layout.position_at(span[0])]
    last = layout.segments[layout.position_at(span[1] - 1)]
    start_s, end_s = layout.span_times(span)
    return Sentence(
        index=index,
        text=layout.text[span[0] : span[1]],
        speaker=first.speaker,
        turn=turn,
        first_segment=first.index,
        last_segment=last.index,
        start_s=start_s,
        end_s=end_s,
        start_char=span[0],
        end_char=span[1],
    )


def _turn_spans(layout: TextMap) -> Iterator[Span]:
    """Yield the stretches in which one speaker goes on over consecutive segments."""
    start = 0
    for position, (one, following) in enumerate(pairwise(layout.segments)):
        if one.speaker != following.speaker:
            yield start, layout.starts[position + 1] - 1
            start = layout.starts[position + 1]
    yield start, len(layout.text)


def _punctuated_spans(text: str, turn: Span) -> Iterator[Span]:
    start, stop = turn
    for match in _ENDS.finditer(text, start, stop):
        if _ends_sentence(text, start, match, stop):
            yield from _stripped(text, start, match.end())
            start = match.end()
    yield from _stripped(text, start, stop)


def _ends_sentence(text: str, start: int, match: re.Match[str], stop: int) -> bool:
    """Whether a mark ends a sentence, and not an abbreviation, an initial or a pause in the middle."""
    following = text[match.end() : min(stop, match.end() + 2)].strip()[:1]
    mark = match.group().rstrip("\"'”’)]")
    if following in {",", ";", ":"}:
        return False
    if set(mark) <= {".", "…"} and following.islower():
        return False
    if mark != ".":
        return True
    # The longest abbreviation is short: looking back a few characters keeps a hostile text from costing its square.
    before = _LAST_WORD.search(text[max(start, match.start() - 12) : match.start()])
    word = before.group().lower().lstrip("(\"'“") if before else ""
    return not (word in _ABBREVIATIONS or _SINGLE_LETTERS.fullmatch(word))


def _unpunctuated_spans(text: str, turn: Span) -> Iterator[Span]:
    """Cut near ``UNPUNCTUATED_WORDS`` words, before a connective where one is near."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text, *turn)]
    counts = [about_words(text[start:end]) for start, end in words]
    first = 0
    while first < len(words):
        last, held = first + 1, counts[first]
        while last < len(words) and held + counts[last] <= UNPUNCTUATED_WORDS:
            held += counts[last]
            last += 1
        if last < len(words):
            for cut in range(min(len(words) - 1, last + 8), first + int(UNPUNCTUATED_WORDS * 0.6), -1):
                if text[words[cut][0] : words[cut][1]].lower() in _CONNECTIVES:
                    last = cut
                    break
        yield words[first][0], words[last - 1][1]
        first = last


def _bounded_spans(text: str, span: Span) -> Iterator[Span]:
    """Cut a sentence of more than ``MAX_SENTENCE_WORDS`` words between clauses, or anywhere if it has none."""
    words = list(_WORD.finditer(text, *span))
    counts = [about_words(word.group()) for word in words]
    if sum(counts) <= MAX_SENTENCE_WORDS:
        yield span
        return
    clauses = {match.end() for match in _CLAUSE.finditer(text, *span)}
    first, length = 0, counts[0]
    for number, (word, count) in enumerate(zip(words[1:], counts[1:], strict=True), start=1):
        is_clause = word.start() in clauses or count > 1 or counts[number - 1] > 1
        if length + count > MAX_SENTENCE_WORDS or (length >= MAX_SENTENCE_WORDS // 2 and is_clause):
            yield words[first].start(), words[number - 1].end()
            first, length = number, 0
        length += count
    yield words[first].start(), words[-1].end()


def _stripped(text: str, start: int, stop: int) -> Iterator[Span]:
    piece = text[start:stop]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        yield begin, begin + len(stripped)


def _pseudo_turns(texts: Sequence[str]) -> list[int]:
    """Guess where the speaker changes: after a question, around back-channels, before the opening of an answer."""
    turns: list[int] = []
    turn = 0
    for before, text in zip(["", *texts], texts, strict=False):
        is_change = before.endswith("?") or _BACK_CHANNEL.match(before) or _BACK_CHANNEL.match(text)
        if before and (is_change or _ANSWER_OPENING.match(text)):
            turn += 1
        turns.append(turn)
    return turns
