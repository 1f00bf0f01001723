"""Titles and names as plain text: what others wrote, without markup, on one line, of a length that can be shown."""

import html
import re

MAX_TITLE_CHARS = 500

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
# JSON can write halves of surrogate pairs, which no table can hold: one would lose all chapters of its file.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def plain_text(written: str | None) -> str:
    """Return a title as plain text: no tags, entities decoded, one line, at most 500 characters."""
    text = html.unescape(_TAG.sub(" ", (written or "")[: 10 * MAX_TITLE_CHARS]))
    return " ".join(_UNSTORABLE.sub("", text).split())[:MAX_TITLE_CHARS]
