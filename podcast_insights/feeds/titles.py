"""Titles and names as plain text: what others wrote, without markup, on one line, of a length that can be shown."""

import html
import re

MAX_TITLE_CHARS = 500

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def plain_text(written: str | None) -> str:
    """Return a title as plain text: no tags, entities decoded, one line, at most 500 characters."""
    text = html.unescape(_TAG.sub(" ", (written or "")[: 10 * MAX_TITLE_CHARS]))
    return " ".join(_CONTROL.sub("", text).split())[:MAX_TITLE_CHARS]
