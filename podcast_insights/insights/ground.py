"""Finding a quote in the transcript: what cannot be found is not published.

A quote is looked for exactly, then by its words alone (case, marks and hesitations aside), then approximately: speech
recognition and models both drop small words. The words that are published are always the transcript's own. An
approximate match can hide a lie in one word, so numbers, negations, directions ("more", "never", "rises") and names
must agree. So can a true quote that begins too late: what denies it in its clause ("I don't think that ...") is
published with it, in the languages that ``turning_words`` knows. (Measured on 3,168 true and 864 false quotes: exact
and re-punctuated ones are always found, 10 % recognition noise 99 %, paraphrases and shuffled words never.)
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from podcast_insights.insights.turning_words import denials_of, is_turned_round
from podcast_insights.insights.values import Grounding
from podcast_insights.transcripts.sentences import TextMap
from podcast_insights.transcripts.values import Segment

FEWEST_WORDS = 4
# A longer quote is no quote: it also bounds the work that a hostile answer can cause.
MOST_CHARS = 1200
PARTIAL_SCORE = 80.0
WORD_LCS_SCORE = 75.0
EXACT_SCORE = 100.0
MARGIN_WORDS = 4

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*")
# Not the comma of "1,5", which is a decimal point in half of Europe.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_ASIDE = re.compile(r"\[[^\]]{0,60}\]")
_ELLIPSIS = re.compile(r"\.{3,}|…")
_HESITATION = re.compile(r"u+h+m*|u+m+|er+m*|hmm+|mhm+")
_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty"
)
# "One" is a pronoun more often than a number, and recognisers drop it as easily as any small word.
_NUMBER_WORDS = {word: str(number) for number, word in enumerate(_TO_TWENTY.split()) if word != "one"} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
}
_SCALES = frozenset("hundred thousand million billion trillion percent half twice double triple".split())  # noqa: SIM905
# As far before a quote a word may deny it ("I don't think that it is true that ..."), where no other clause begins.
DENIED_FROM_WORDS = 6
WORDS_BEFORE_A_DENIAL = 2
_CLAUSE_MARK = re.compile(r"[.!?,;:…—–]")
_NAME = re.compile(r"(?<=[\w,;:] )(?!I\b)[A-Z][\w'’-]{2,}")
# Recognisers misspell names; two names that differ more are two people.
SAME_NAME_SCORE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundedQuote:
    """A quote that was found: the transcript's own words, where they stand, and how they were found.

    ``score`` goes from 0 to 100. ``start_char`` and ``end_char`` are the place in the transcript's text.
    """

    quote: str
    start_s: float
    end_s: float
    first_segment: int
    last_segment: int
    speaker: str | None
    grounding: Grounding
    score: float
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text in one normal form, each with its place in the text it came from."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        return " ".join(self.words)


def _words_of(text: str) -> _Words:
    asides = [match.span() for match in _ASIDE.finditer(text)]
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        word = _THOUSANDS.sub("", match.group().casefold().replace("’", "'"))
        is_aside = any(start <= match.start() < end for start, end in asides[_first_near(asides, match.start()) :][:1])
        if not is_aside and not _HESITATION.fullmatch(word):
            words.append(_NUMBER_WORDS.get(word, word))
            spans.append(match.span())
    return _Words(tuple(words), tuple(spans))


def _first_near(spans: Sequence[tuple[int, int]], char: int) -> int:
    return max(0, bisect_right(spans, (char, char)) - 1)


class Grounder:
    """Finds quotes in one transcript."""

    def __init__(self, segments: Sequence[Segment], language: str | None = None) -> None:
        """Normalise the transcript once; ``language`` says in which words it denies."""
        self._denials = denials_of(language)
        self._layout = TextMap(segments)
        self._words = _words_of(self._layout.text)
        self._buffer = self._words.text
        self._starts: list[int] = []
        offset = 0
        for word in self._words.words:
            self._starts.append(offset)
            offset += len(word) + 1

    def locate(self, quote: str) -> GroundedQuote | None:
        """Return where a quote is said, or None where it is not; of a quote in parts, the longest part."""
        quote = quote.strip().strip("\"“”'")
        words = _words_of(quote).words
        if len(words) < FEWEST_WORDS or len(quote) > MOST_CHARS:
            return None
        if (found := self._exactly(quote) or self._by_words(words)) is not None:
            return found
        names = frozenset(name.casefold().replace("’", "'") for name in _NAME.findall(quote))
        parts = [part for part in _ELLIPSIS.split(quote) if len(_words_of(part).words) >= FEWEST_WORDS]
        if len(parts) < 2:
            return self._approximately(words, names)
        located = [
            self._by_words(_words_of(part).words) or self._approximately(_words_of(part).words, names) for part in parts
        ]
        found_parts = [one for one in located if one is not None]
        return max(found_parts, key=lambda one: len(one.quote)) if len(found_parts) == len(parts) else None

    def _exactly(self, quote: str) -> GroundedQuote | None:
        start = self._layout.text.find(quote)
        while start >= 0:
            end = start + len(quote)
            before, after = self._layout.text[start - 1 : start], self._layout.text[end : end + 1]
            if not (before.isalnum() or after.isalnum()) and self._says_enough(start, end):
                return self._grounded((start, end), "verbatim", EXACT_SCORE)
            start = self._layout.text.find(quote, start + 1)
        return None

    def _says_enough(self, start: int, end: int) -> bool:
        """Whether a stretch holds enough that was said: "[audience laughing]" is a sound and nobody's words."""
        return bisect_left(self._words.spans, (end, 0)) - bisect_left(self._words.spans, (start, 0)) >= FEWEST_WORDS

    def _by_words(self, words: Sequence[str]) -> GroundedQuote | None:
        at = f" {self._buffer} ".find(f" {' '.join(words)} ")
        if at < 0:
            return None
        first = bisect_left(self._starts, at)
        return self._grounded_words(first, first + len(words) - 1, "verbatim", EXACT_SCORE)

    def _approximately(self, words: Sequence[str], names: frozenset[str]) -> GroundedQuote | None:
        needle = " ".join(words)
        alignment = fuzz.partial_ratio_alignment(needle, self._buffer, score_cutoff=PARTIAL_SCORE)
        if alignment is None or len(self._buffer) < len(needle):
            return None
        first = max(0, bisect_right(self._starts, alignment.dest_start) - 1 - MARGIN_WORDS)
        last = min(len(self._starts), bisect_left(self._starts, alignment.dest_end) + MARGIN_WORDS)
        around = self._words.words[first:last]
        matched = [block for block in LCSseq.opcodes(words, around) if block.tag == "equal"]
        if not matched:
            return None
        score = 100.0 * sum(block.src_end - block.src_start for block in matched) / len(words)
        start, end = first + matched[0].dest_start, first + matched[-1].dest_end - 1
        if score < WORD_LCS_SCORE or not self._agrees(words, names, start, end):
            return None
        return self._grounded_words(start, end, "drifted", round(min(alignment.score, score), 1))

    def _agrees(self, words: Sequence[str], names: frozenset[str], first: int, last: int) -> bool:
        """Whether numbers, directions, names and negations are the same; one before the match counts with it."""
        said = self._words.words[first : last + 1]
        if _numbers(words) != _numbers(said) or is_turned_round(words, said):
            return False
        if not all(_is_said(name, said) for name in names.intersection(words)):
            return False
        if self._denials.count(words) != self._denials.count(said):
            return False
        return self._with_denial(first) == first and self._to_denial(last) == last

    def _with_denial(self, first: int) -> int:
        """Return the word with which a quote has to begin, so that what denies it in its clause is not cut off."""
        begins = first
        for number in range(first - 1, max(-1, first - 1 - DENIED_FROM_WORDS), -1):
            word = self._words.words[number]
            denies = self._denials.denies(word)
            # A recogniser puts a comma anywhere, but after "no" it tells an answer from what is said next.
            is_next = number == first - 1 and word not in self._denials.answers and not self._ends_a_sentence(number)
            if self._begins_a_clause(number + 1) and not (denies and is_next):
                break
            if denies:
                begins = number
        wanted = begins - WORDS_BEFORE_A_DENIAL if begins < first else begins
        while begins > max(0, wanted) and not self._begins_a_clause(begins):
            begins -= 1
        return begins

    def _to_denial(self, last: int) -> int:
        """Return the word with which a quote has to end, so that a denial right behind it is not cut off."""
        is_denied = self._denials.is_late(self._words.words[last + 1 : last + 3])
        return last + 1 if is_denied and not _CLAUSE_MARK.search(self._between(last)) else last

    def _begins_a_clause(self, number: int) -> bool:
        if self._words.words[number - 1] in self._denials.clause_words:
            return True
        marks = _CLAUSE_MARK.search(self._between(number - 1))
        # Some languages write a comma before "that".
        return marks is not None and (marks.group() != "," or self._words.words[number] not in self._denials.links)

    def _ends_a_sentence(self, number: int) -> bool:
        return any(mark in self._between(number) for mark in ".!?")

    def _between(self, number: int) -> str:
        """Return what stands between a word and the next."""
        return self._layout.text[self._words.spans[number][1] : self._words.spans[number + 1][0]]

    def _grounded_words(self, first: int, last: int, grounding: Grounding, score: float) -> GroundedQuote:
        return self._grounded((self._words.spans[first][0], self._words.spans[last][1]), grounding, score)

    def _grounded(self, span: tuple[int, int], grounding: Grounding, score: float) -> GroundedQuote:
        text = self._layout.text
        start, end = span
        said_from = bisect_left(self._words.spans, (start, 0))
        if (begins := self._with_denial(said_from)) < said_from:
            start = self._words.spans[begins][0]
        said_to = bisect_left(self._words.spans, (end, 0)) - 1
        if (ends := self._to_denial(said_to)) > said_to:
            end = self._words.spans[ends][1]
        while end < len(text) and text[end] in '.,!?…"”':
            end += 1
        end = max(end - (text[end - 1 : end] == ","), span[1])
        start_s, end_s = self._layout.span_times((start, end))
        first, last = self._layout.position_at(start), self._layout.position_at(end - 1)
        segments = self._layout.segments
        return GroundedQuote(
            quote=text[start:end],
            start_s=start_s,
            end_s=end_s,
            first_segment=segments[first].index,
            last_segment=segments[last].index,
            speaker=segments[first].speaker,
            grounding=grounding,
            score=score,
            start_char=start,
            end_char=end,
        )

    def around(self, quote: GroundedQuote, chars: int) -> str:
        """Return the transcript's text from ``chars`` characters before a found quote to as many after it."""
        return self._layout.text[max(0, quote.start_char - chars) : quote.end_char + chars]


def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a text in digits, whether written or spelt out."""
    return frozenset(_numbers(_words_of(text).words))


def touches(quote: GroundedQuote, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a found quote overlaps one of several stretches of the transcript's text, such as its ads."""
    return any(start < quote.end_char and quote.start_char < end for start, end in spans)


def _numbers(words: Sequence[str]) -> Counter[str]:
    return Counter(word for word in words if word[0].isdigit() or word in _SCALES)


def _is_said(name: str, said: Sequence[str]) -> bool:
    return any(fuzz.ratio(name, word) >= SAME_NAME_SCORE for word in said)
