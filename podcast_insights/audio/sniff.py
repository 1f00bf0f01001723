"""What a file that calls itself audio really is, by its first bytes: servers answer with pages, and names lie.

Only bytes are looked at here, and only a few; whether sound decodes is for ``probe.py``.
"""

from codecs import getincrementaldecoder
from pathlib import Path

HEAD_BYTES = 4096
ID3_HEADER_BYTES = 10

_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a playlist"),
    (b"[playlist]", "a playlist"),
)
_EXTENSIONS = {
    "mp3": ".mp3",
    "mp4": ".m4a",
    "aac": ".aac",
    "ogg": ".ogg",
    "flac": ".flac",
    "wav": ".wav",
    "webm": ".webm",
}


def what_is_it(path: Path) -> str:
    """Return what a file is, in words that continue "the file is"."""
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        return "empty"
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"ID3") and size_bytes <= id3_size_bytes(head) + 128:
        return "an ID3 tag and nothing else"
    if not head.strip(b"\0"):
        return "a run of zero bytes"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return _text_kind(head) or "of an unknown kind"


def id3_size_bytes(head: bytes) -> int:
    """Return the size of the ID3v2 tag that a file starts with, header included; 0 without a tag."""
    if len(head) < ID3_HEADER_BYTES or not head.startswith(b"ID3"):
        return 0
    size_bytes = 0
    for seven_bits in head[6:ID3_HEADER_BYTES]:
        size_bytes = size_bytes << 7 | seven_bits & 0x7F
    return size_bytes + ID3_HEADER_BYTES


def states_mp3_length(path: Path) -> bool:
    """Whether an mp3 file has a Xing, Info or VBRI header; without one its duration is a guess."""
    with path.open("rb") as file:
        file.seek(id3_size_bytes(file.read(ID3_HEADER_BYTES)))
        head = file.read(HEAD_BYTES)
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))


def container_name(format_name: str, codec: str) -> str:
    """Return one plain name for FFmpeg's list of names of a container, such as mp4 for ``mov,mp4,m4a,3gp``."""
    names = format_name.split(",")
    if "mp4" in names:
        return "mp4"
    if "webm" in names:
        return "webm" if codec in {"opus", "vorbis"} else "matroska"
    return names[0]


def safe_extension(container: str) -> str:
    """Return the file name extension for a container; the publisher's own name is never used."""
    return _EXTENSIONS.get(container, ".audio")


def _text_kind(head: bytes) -> str | None:
    # Not ``head.decode``: the last character may be cut in two, and would make a text unknown.
    text = getincrementaldecoder("utf-8")("replace").decode(head).lstrip("\ufeff \t\r\n").lower()
    if text.startswith(("<!doctype html", "<html", "<head", "<body")) or "<html" in text:
        return "an HTML page"
    if text.startswith(("<?xml", "<")):
        return "an XML document"
    if text.startswith(("{", "[")):
        return "a JSON document"
    if "\ufffd" not in text and "\0" not in text:
        return "a text file"
    return None
