"""Bytes to text: marks and zero bytes first, then UTF-8, then what the server said, then windows-1252.

Names of encodings come from strangers, so only those on a list are tried: Python also knows encodings that are slow by
design or that are no text at all.
"""

import codecs
import re

from podcast_insights.errors import TranscriptError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or a word processor's document"),
    (b"\xd0\xcf\x11\xe0", "a word processor's document"),
    (b"{\\rtf", "a rich text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"ID3", "an audio file"),
)
_KNOWN_CHARSET = re.compile(
    r"iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5", re.IGNORECASE
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff]")
_CONTROL_BYTES = bytes([*range(9), *range(14, 32)])
SAMPLE_BYTES = 4096
MAX_CONTROL_RATIO = 0.02


def decode_text(body: bytes, media_type: str | None) -> str:
    """Return the text of a file, without byte order mark and control characters, and with Unix line ends.

    Raises:
        TranscriptError: It is no text.
    """
    for magic, name in _BINARY:
        if body.startswith(magic):
            raise TranscriptError(f"is {name}, not a transcript in a format that is read here")
    text = _decode(body, media_type)
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decode(body: bytes, media_type: str | None) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    wide = _wide_encoding(body[:SAMPLE_BYTES])
    if wide:
        return body.decode(wide, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(body, media_type)


def _decode_legacy(body: bytes, media_type: str | None) -> str:
    lenient = body.decode("utf-8", errors="replace")
    bad = lenient.count("\ufffd")
    foreign = sum(1 for character in lenient if ord(character) > 127) - bad
    # Broken UTF-8 has far more whole characters than broken ones; text in a one-byte encoding has hardly any.
    if foreign > bad:
        return lenient
    head = body[:SAMPLE_BYTES].decode("ascii", errors="replace")
    stated = _CHARSET.search(media_type or "") or _CHARSET.search(head)
    charset = stated[1] if stated and _KNOWN_CHARSET.fullmatch(stated[1]) else "windows-1252"
    try:
        return body.decode(charset, errors="replace")
    except LookupError:
        return body.decode("windows-1252", errors="replace")


def _wide_encoding(sample: bytes) -> str | None:
    """Return the UTF-16 variant of text without a byte order mark, by where its zero bytes are.

    Raises:
        TranscriptError: There are zero or control bytes, but not as UTF-16 has them.
    """
    zeros = sample.count(0)
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if zeros > max(1, len(sample) * 0.3) and min(even, odd) <= zeros * 0.1:
        return "utf-16-le" if odd > even else "utf-16-be"
    if len(sample) - len(sample.translate(None, _CONTROL_BYTES)) > len(sample) * MAX_CONTROL_RATIO:
        raise TranscriptError("is a binary file, not text")
    return None
