"""The stems of a text: its words as Snowball's English stemmer cuts them, so that the forms of one word meet.

The neighbours of an insight and the search count words this way. Whether two texts say the *same* is asked of whole
words. Where no space tells where a word ends, pieces of two letters stand for words, of spelt scripts of three.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import pairwise

from podcast_insights.insights.plain_words import PLAIN_IDEOGRAPHS, is_plain
from podcast_insights.transcripts.scripts import IDEOGRAPHS, UNSPACED, UNSPACED_SPELT

WORDS_KEPT = 50_000
FEWEST_TELLING_CHARS = 3

_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")
# Hiragana is for endings and particles; what else is written so is missed. The dots stand between words.
_PLAIN_LETTER = re.compile(f"[\u3041-\u309f\u30fb{''.join(sorted(PLAIN_IDEOGRAPHS))}]")
_PIECES = (
    (re.compile(f"[{IDEOGRAPHS}]+"), 2),
    # Pieces of two letters are in any two texts of a spelt script.
    (re.compile(f"[{UNSPACED_SPELT}]+"), 3),
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def stems_in(text: str, *, without: Collection[str] = ()) -> list[str]:
    """Return the stem of each word of a text, in order and casefolded.

    Args:
        text: Of any language; each word is cut as if it were English. Of scripts that write words together, each letter
            and each two neighbours are such words; they come last.
        without: Casefolded words to leave out, as they stand in the text.
    """
    folded = text.casefold().replace("’", "'")
    runs = _UNSPACED_RUN.findall(folded)
    spaced = _UNSPACED_RUN.sub(" ", folded) if runs else folded
    stems = [stem(word) for word in _WORD.findall(spaced) if word not in without]
    return [*stems, *(piece for run in runs for piece in (*run, *map("".join, pairwise(run))))]


def without_single_letters(stems: Collection[str]) -> frozenset[str]:
    """Return stems without the single letters of scripts that write words together, unless there is nothing else."""
    return frozenset(one for one in stems if len(one) > 1 or not _UNSPACED_RUN.match(one)) or frozenset(stems)


def telling_stems(text: str) -> list[str]:
    """Return the stems by which two texts are about the same, without those of words that fit any subject.

    The pieces of scripts that write words together come last.
    """
    folded = text.casefold().replace("’", "'")
    is_unspaced = _UNSPACED_RUN.search(folded) is not None
    spaced = _UNSPACED_RUN.sub(" ", folded) if is_unspaced else folded
    words = (word.removesuffix("'s") for word in _WORD.findall(spaced))
    stems = (stem(word) for word in words if "'" not in word and not is_plain(word))
    telling = [each for each in stems if len(each) >= FEWEST_TELLING_CHARS]
    return [*telling, *_telling_pieces(folded)] if is_unspaced else telling


def _telling_pieces(text: str) -> Iterator[str]:
    for script, size in _PIECES:
        for run in script.findall(text):
            pieces = (run[at : at + size] for at in range(len(run) - size + 1))
            yield from (piece for piece in pieces if not _PLAIN_LETTER.search(piece))


@lru_cache(WORDS_KEPT)
def stem(word: str) -> str:
    """Return the stem of one casefolded word: "battery" and "batteries" have the same."""
    return _stemmer().stemWord(word)  # type: ignore[no-any-return]


@lru_cache(1)
def _stemmer():  # type: ignore[no-untyped-def]
    import snowballstemmer

    return snowballstemmer.stemmer("english")
