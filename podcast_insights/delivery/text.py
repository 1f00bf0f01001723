"""Untrusted words made fit to be shown: one line, no characters that hide or turn others, a bounded length.

Escaping is not done here: it belongs to the format (Jinja2 for HTML, the libraries for Atom and JSON). What escaping
cannot mend is: control characters that XML forbids, and marks that make text run backwards over what follows.
"""

import unicodedata

CLAIM_LENGTH = 300
EXPLANATION_LENGTH = 1200
QUOTE_LENGTH = 1500
NAME_LENGTH = 160

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_text(text: str, length: int) -> str:
    """Return ``text`` on one line, without hidden characters, of at most ``length`` characters cut at a word."""
    spaced = " ".join(text[: 4 * length + 200].split())
    line = "".join(character for character in spaced if _is_shown(character)).strip()
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    at_word = cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut
    return f"{at_word.rstrip(' ,;:.-–—')}…"


def _is_shown(character: str) -> bool:
    if character in _BIDI_CONTROLS or unicodedata.category(character) in ("Cc", "Cs"):
        return False
    point = ord(character)
    return not (point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF)
