"""JSON transcripts: the podcast namespace's form, and the forms of the recognisers that publishers use.

The namespace has ``{"segments": [{"speaker", "startTime", "endTime", "body"}]}``, often one word per segment. Others
write lists of ``start``, ``end``, ``text``, in seconds or milliseconds.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.formats.cues import Cue
from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.formats.times import seconds_of

# No single cue lasts this long, so such numbers are milliseconds.
LONGEST_TYPICAL_CUE_S = 100.0

_LISTS = ("segments", "transcript", "utterances", "cues", "captions", "monologues", "results", "words")
_STARTS = ("startTime", "start_time", "start", "from", "begin", "offset")
_ENDS = ("endTime", "end_time", "end", "to")
_TEXTS = ("body", "text", "content", "transcript", "word", "punctuated_word")
_SPEAKERS = ("speaker", "speakerName", "speaker_name", "voice", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonCues:
    """The cues of a JSON file; a cue without times has None."""

    language: str | None
    cues: list[Cue]


def looks_like_json(text: str) -> bool:
    """Whether a text starts as a JSON object or list does."""
    return text.lstrip()[:1] in {"{", "["}


def read_json(text: str) -> Any:
    """Return the document; None where a text merely starts with a bracket, as ``[00:00] Hello`` does.

    Raises:
        TranscriptError: It is JSON that is cut off or broken.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        opening = "".join(text[:200].split())
        if opening.startswith(('{"', '[{"', "{'", "[[")):
            raise TranscriptError(f"starts as JSON but cannot be read: {error}") from error
        return None


def parse_json(document: Any) -> JsonCues:
    """Return the cues of a JSON transcript.

    Raises:
        TranscriptError: The document is something else.
    """
    items = _items(document)
    language = document.get("language") if isinstance(document, Mapping) else None
    rows = [item for item in items if isinstance(item, Mapping)]
    times = [(_first(row, _STARTS), _first(row, _ENDS)) for row in rows]
    seconds = [(seconds_of(start), seconds_of(end)) for start, end in times]
    scale = _scale(seconds)
    cues = [
        Cue(
            text=plain_text(str(_first(row, _TEXTS) or "")),
            start_s=None if start_s is None else start_s * scale,
            end_s=None if end_s is None else end_s * scale,
            speaker=_speaker(row),
        )
        for row, (start_s, end_s) in zip(rows, seconds, strict=True)
    ]
    return JsonCues(language=language if isinstance(language, str) else None, cues=cues)


def _items(document: Any) -> Sequence[Any]:
    if isinstance(document, list):
        return document
    if isinstance(document, Mapping):
        for key in _LISTS:
            if isinstance(document.get(key), list):
                found: list[Any] = document[key]
                return found
        if isinstance(document.get("transcript"), Mapping):
            return _items(document["transcript"])
        if "chapters" in document:
            raise TranscriptError("holds chapters, not a transcript")
        if isinstance(document.get("text"), str):
            return [{"text": document["text"]}]
        known = ", ".join(sorted(str(key)[:30] for key in document)[:8])
        raise TranscriptError(f"is JSON without a list of segments (it has {known or 'nothing'})")
    raise TranscriptError(f"is JSON of the wrong kind: {type(document).__name__}")


def _first(row: Mapping[str, Any], keys: Sequence[str]) -> Any:
    for key in keys:
        value = row.get(key)
        if value is not None and not isinstance(value, Mapping | list):
            return value
    return None


def _speaker(row: Mapping[str, Any]) -> str | None:
    name = _first(row, _SPEAKERS)
    if isinstance(name, bool) or name is None:
        return None
    text = plain_text(str(name))[:80]
    return (f"Speaker {text}" if text.isdigit() else text) or None


def _scale(seconds: Sequence[tuple[float | None, float | None]]) -> float:
    """Return what to multiply the numbers by: 0.001 where they can only be milliseconds."""
    lengths = [end_s - start_s for start_s, end_s in seconds if start_s is not None and end_s is not None]
    return 0.001 if lengths and median(lengths) > LONGEST_TYPICAL_CUE_S else 1.0
