"""A phrase said over and over: how recognisers fail on music and silence.

Speech repeats words, so only many repetitions in a row count. Pure; who asks decides what a loop means.
"""

import re
from collections.abc import Sequence

LONGEST_PHRASE_WORDS = 15
FEWEST_REPEATS = 6
FEWEST_WORDS = 18

_WORD = re.compile(r"\w+(?:['’]\w+)?")


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def looped_words(words: Sequence[str]) -> int:
    """Return how many words belong to a phrase (of up to 15 words) that is repeated at least six times in a row."""
    is_looped = bytearray(len(words))
    for period in range(1, min(LONGEST_PHRASE_WORDS, len(words) // FEWEST_REPEATS) + 1):
        shortest = max(FEWEST_WORDS, FEWEST_REPEATS * period)
        start = 0
        for position in range(period, len(words) + 1):
            if position < len(words) and words[position] == words[position - period]:
                continue
            if position - start >= shortest:
                is_looped[start:position] = b"\1" * (position - start)
            start = position - period + 1
    return sum(is_looped)
