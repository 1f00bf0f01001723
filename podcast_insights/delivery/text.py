"""Untrusted words made fit to be shown: one line, no characters that hide or turn others, a bounded length.

Escaping is not done here: it belongs to the format (Jinja2 for HTML, the libraries for Atom and JSON). What escaping
cannot mend is: control characters that XML forbids, and marks that make text run backwards over what follows.
"""

import re

CLAIM_LENGTH = 300
EXPLANATION_LENGTH = 1200
QUOTE_LENGTH = 1500
NAME_LENGTH = 160

# Controls and halves of surrogate pairs, marks that turn the direction of text, and code points that are no characters.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Everything but spaces and the signs that are drawn as nothing: joiners, fillers, variation selectors, tags.
_VISIBLE = re.compile(
    "[^\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)


def clean_text(text: str, length: int) -> str:
    """Return ``text`` on one line, without hidden characters, of at most ``length`` characters cut at a word.

    Nothing is returned where nothing would be seen, such as a link without a word to click on.
    """
    spaced = " ".join(text[: 4 * length + 200].split())
    line = _HIDDEN.sub("", spaced).strip()
    if not _VISIBLE.search(line):
        return ""
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    at_word = cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut
    return f"{at_word.rstrip(' ,;:.-–—')}…"
