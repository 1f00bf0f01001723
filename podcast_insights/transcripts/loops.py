"""A phrase said over and over: how recognisers fail on music and silence.

Speech repeats words, so only many repetitions in a row count. Pure; who asks decides what a loop means.
"""

import re
from collections.abc import Sequence

from podcast_insights.transcripts.scripts import UNSPACED

LONGEST_PHRASE_WORDS = 15
# A word of scripts that write words together has about two letters.
LONGEST_PHRASE_LETTERS = 30
FEWEST_REPEATS = 6
FEWEST_WORDS = 18

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
_WORD_OR_LETTER = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+(?:['’][^\W{UNSPACED}]+)?")


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def words_or_letters_of(text: str) -> list[str]:
    """Return the words of a text as ``words_of`` does, but each letter of scripts that write words together alone."""
    return _WORD_OR_LETTER.findall(text.lower()) if _UNSPACED_LETTER.search(text) else words_of(text)


def looped_words(words: Sequence[str]) -> int:
    """Return how many words, or letters, belong to a phrase that is repeated at least six times in a row.

    The phrase has up to 15 words, or 30 where some of them are letters of scripts that write words together.
    """
    is_looped = bytearray(len(words))
    has_letters = any(len(word) == 1 and _UNSPACED_LETTER.match(word) for word in words)
    longest = LONGEST_PHRASE_LETTERS if has_letters else LONGEST_PHRASE_WORDS
    for period in range(1, min(longest, len(words) // FEWEST_REPEATS) + 1):
        shortest = max(FEWEST_WORDS, FEWEST_REPEATS * period)
        start = 0
        for position in range(period, len(words) + 1):
            if position < len(words) and words[position] == words[position - period]:
                continue
            if position - start >= shortest:
                is_looped[start:position] = b"\1" * (position - start)
            start = position - period + 1
    return sum(is_looped)
