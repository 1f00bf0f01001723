"""Which scripts write words together, about how many words that is, and how a word is found whole in any script."""

import re
from typing import Final

# No space tells where a word ends in Thai, Lao, Burmese and Khmer, which are spelt, nor in kana and ideographs, of
# which a word has one or two. Each is the inside of a character class.
UNSPACED_SPELT: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
IDEOGRAPHS: Final = r"\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
UNSPACED: Final = UNSPACED_SPELT + IDEOGRAPHS

# Of running speech; a word that is said takes as long as an English one.
IDEOGRAPHS_PER_WORD = 2
SPELT_LETTERS_PER_WORD = 5

_IDEOGRAPHS = re.compile(f"[{IDEOGRAPHS}]+")
_SPELT = re.compile(f"[{UNSPACED_SPELT}]+")
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
_SPACED_LETTER = rf"[^\W{UNSPACED}]"


def about_words(run: str) -> int:
    """Return about how many words stand between two spaces: one, or what a script without spaces makes of it."""
    if run.isascii() or not _UNSPACED_LETTER.search(run):
        return 1
    ideographs = sum(map(len, _IDEOGRAPHS.findall(run)))
    letters = sum(map(len, _SPELT.findall(run)))
    return max(1, round(ideographs / IDEOGRAPHS_PER_WORD + letters / SPELT_LETTERS_PER_WORD))


def as_words(term: str) -> str:
    """Return the pattern of a term that no letter goes on from, but those of scripts that write words together."""
    before = "" if _UNSPACED_LETTER.match(term) else rf"(?<!{_SPACED_LETTER})"
    after = "" if _UNSPACED_LETTER.match(term[-1:]) else rf"(?!{_SPACED_LETTER})"
    return f"{before}{re.escape(term)}{after}"


def says(text: str, term: str) -> bool:
    """Whether a text has a term as whole words; case counts."""
    return term in text and re.search(as_words(term), text) is not None
