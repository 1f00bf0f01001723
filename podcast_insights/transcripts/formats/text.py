"""Plain words out of marked-up text: tags and entities go, white space becomes single spaces.

The result is plain text, not safe HTML: what shows it must escape it.
"""

import re
from html import unescape

# Only what has the form of a tag is one: "a < b" and "<3" are words.
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>|<[\d:.]{1,20}>|<!--[^<>]{0,500}-->")
# JSON escapes can write control characters and halves of surrogate pairs, which no file of ours can hold.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_NO_SPACE_BEFORE = re.compile(r"[,.;:!?%)\]}…。，、！？」』]|'(?:s|t|re|ve|ll|d|m)\b|n't\b", re.IGNORECASE)
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uff60]")


def plain_text(marked_up: str) -> str:
    """Return the words of a piece of text in one line."""
    text = marked_up
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = unescape(text)
    return " ".join(_UNSTORABLE.sub("", text).split())


def join_words(left: str, right: str) -> str:
    """Join two pieces of one sentence: by a space, but not before punctuation nor between ideographs."""
    if not left or not right:
        return left or right
    if _NO_SPACE_BEFORE.match(right) or (_IDEOGRAPH.match(left[-1]) and _IDEOGRAPH.match(right)):
        return left + right
    return f"{left} {right}"
