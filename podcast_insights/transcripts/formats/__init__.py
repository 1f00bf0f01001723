"""Publishers' transcript files: whatever arrives is recognised by its content and becomes segments.

``parse_transcript`` is the door; each format has its module. Hosts lie about media types and encodings, and files break
the grammar of their formats, so the content decides and everything that can be read is read. Whether the words can be
trusted is not asked here (``verify.py``).
"""

import re
from dataclasses import dataclass
from typing import Any

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.formats.blocks import Block, placed_blocks
from podcast_insights.transcripts.formats.captions import is_captions, parse_captions
from podcast_insights.transcripts.formats.cues import Cue, bound_cues, segments_of
from podcast_insights.transcripts.formats.encodings import decode_text
from podcast_insights.transcripts.formats.html_page import is_html, parse_html
from podcast_insights.transcripts.formats.plain import parse_plain
from podcast_insights.transcripts.formats.podcast_json import looks_like_json, parse_json, read_json
from podcast_insights.transcripts.formats.speakers import name_speakers
from podcast_insights.transcripts.values import Segment, TranscriptFormat
from podcast_insights.web.redact import redact_url

MAX_BYTES = 20 * 1024 * 1024
# Raised when the same bytes give other segments, so that files are read anew.
PARSER_VERSION = 4

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedTranscript:
    """What a file says. ``has_times`` is false where the times were spread over the duration by length."""

    format: TranscriptFormat
    language: str | None
    has_times: bool
    segments: tuple[Segment, ...]


def parse_transcript(body: bytes, *, media_type: str | None, url: str, duration_s: float | None) -> ParsedTranscript:
    """Return the segments of a transcript file in any of the formats that podcasts use.

    Args:
        body: The file.
        media_type: What the server said that it is; only its charset is used.
        url: Where it came from, for messages; logins and tokens in it are not told.
        duration_s: How long the episode is, to spread text that has no times; None means 150 words a minute.

    Raises:
        TranscriptError: It is too large, of another kind, or holds no words; the message says which.
    """
    where = f"The transcript at {redact_url(url):.300}"
    if len(body) > MAX_BYTES:
        raise TranscriptError(f"{where} has {len(body)} bytes; at most {MAX_BYTES} are read")
    try:
        parsed = _parse(decode_text(body, media_type), duration_s)
    except TranscriptError as error:
        raise TranscriptError(f"{where} {error}") from error
    if not any(character.isalpha() for segment in parsed.segments for character in segment.text):
        raise TranscriptError(f"{where} holds no words ({parsed.format})")
    return parsed


def _parse(text: str, duration_s: float | None) -> ParsedTranscript:
    if not text.strip():
        raise TranscriptError("is empty")
    if is_captions(text):
        captions = parse_captions(text)
        return _from_cues(captions.format, captions.language, captions.cues)
    if looks_like_json(text):
        document: Any = read_json(text)
        if document is not None:
            found = parse_json(document)
            if any(cue.start_s is not None for cue in found.cues):
                return _from_cues("json", found.language, found.cues)
            blocks = [Block(text=cue.text, speaker=cue.speaker) for cue in found.cues]
            return _from_blocks("json", found.language, blocks, duration_s)
    if is_html(text):
        page = parse_html(text)
        return _from_blocks("html", page.language, page.blocks, duration_s)
    return _from_blocks("text", None, parse_plain(text), duration_s)


def _from_cues(kind: TranscriptFormat, language: str | None, cues: list[Cue]) -> ParsedTranscript:
    bound_cues(len(cues))
    return ParsedTranscript(
        format=kind, language=_language(language), has_times=True, segments=segments_of(name_speakers(cues))
    )


def _from_blocks(
    kind: TranscriptFormat, language: str | None, blocks: list[Block], duration_s: float | None
) -> ParsedTranscript:
    bound_cues(len(blocks))
    cues, has_times = placed_blocks(blocks, duration_s)
    return ParsedTranscript(
        format=kind, language=_language(language), has_times=has_times, segments=segments_of(name_speakers(cues))
    )


def _language(stated: str | None) -> str | None:
    """Return a stated language where it has the form of a tag."""
    stated = (stated or "").strip()
    return stated.replace("_", "-") if _LANGUAGE.fullmatch(stated) else None
