"""The stems of a text: its words as Snowball's English stemmer cuts them, so that the forms of one word meet.

The neighbours of an insight and the search count words this way. Whether two texts say the *same* is asked of whole
words.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from podcast_insights.insights.plain_words import is_plain

WORDS_KEPT = 50_000
FEWEST_TELLING_CHARS = 3

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def stems_in(text: str, *, without: Collection[str] = ()) -> list[str]:
    """Return the stem of each word of a text, in order and casefolded.

    Args:
        text: Of any language; each word is cut as if it were English.
        without: Casefolded words to leave out, as they stand in the text.
    """
    return [stem(word) for word in _WORD.findall(text.casefold().replace("’", "'")) if word not in without]


def telling_stems(text: str) -> list[str]:
    """Return the stems by which two texts are about the same, without those of words that fit any subject."""
    words = (word.removesuffix("'s") for word in _WORD.findall(text.casefold().replace("’", "'")))
    stems = (stem(word) for word in words if "'" not in word and not is_plain(word))
    return [each for each in stems if len(each) >= FEWEST_TELLING_CHARS]


@lru_cache(WORDS_KEPT)
def stem(word: str) -> str:
    """Return the stem of one casefolded word: "battery" and "batteries" have the same."""
    return _stemmer().stemWord(word)  # type: ignore[no-any-return]


@lru_cache(1)
def _stemmer():  # type: ignore[no-untyped-def]
    import snowballstemmer

    return snowballstemmer.stemmer("english")
