"""WebVTT, SRT and SBV: files of cues with times.

``webvtt-py`` reads the blocks. It wants the times as the format has them, and hosts write ``0.000 --> 3.480``, commas,
single digits, and cues without the blank line between them, so every line of times is put into the canonical form
first.
"""

import io
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.formats.cues import Cue, bound_cues
from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.formats.times import TIME, seconds_of

_TIMING = re.compile(rf"[ \t]*({TIME})[ \t]*--?>[ \t]*({TIME})(?![\w:])")
_BROKEN_TIMING = re.compile(r"[ \t]*-?[\d:.,]*[ \t]*-->")
_SBV_TIMING = re.compile(r"[ \t]*(\d+:\d\d:\d\d\.\d{1,3}),(\d+:\d\d:\d\d\.\d{1,3})[ \t]*$")
_ANY_TIMING = re.compile(rf"^(?:{_TIMING.pattern}|{_SBV_TIMING.pattern})", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]+([^<>]{1,200})>")
_HEADER_LANGUAGE = re.compile(r"^Language\s*:\s*([\w-]{2,20})", re.MULTILINE | re.IGNORECASE)
# Captions that roll repeat the line above in every cue; a few repeated lines are how people talk.
ROLLING_RATIO = 0.3
ROLLING_GAP_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """The cues of a caption file."""

    format: Literal["vtt", "srt"]
    language: str | None
    cues: list[Cue]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    start_s: float
    end_s: float
    lines: tuple[str, ...]


def is_captions(text: str) -> bool:
    """Whether a text is a caption file: it says so, or has a line of times."""
    return _has_header(text) or _ANY_TIMING.search(text) is not None


def parse_captions(text: str) -> Captions:
    """Return the cues of a caption file, one for each voice in a cue.

    Raises:
        TranscriptError: There are too many cues, or none can be read.
    """
    bound_cues(text.count("->"))
    is_vtt = _has_header(text)
    language = _HEADER_LANGUAGE.search(text.split("\n\n", 1)[0]) if is_vtt else None
    raw = _read(_canonical_vtt(text) if is_vtt else _canonical_srt(text))
    cues = [
        Cue(text=words, start_s=cue.start_s, end_s=cue.end_s, speaker=speaker)
        for cue in _without_rolling(raw)
        for speaker, words in _voices("\n".join(cue.lines))
    ]
    return Captions(format="vtt" if is_vtt else "srt", language=language[1] if language else None, cues=cues)


def _has_header(text: str) -> bool:
    return text.lstrip()[:6].upper() == "WEBVTT"


def _canonical_vtt(text: str) -> str:
    lines = text.lstrip().split("\n")
    canonical = ["WEBVTT" + lines[0][6:]]
    for line in lines[1:]:
        timing = _timing(line)
        canonical.extend(["", timing] if timing else [_said(line)])
    return "\n".join(canonical)


def _canonical_srt(text: str) -> str:
    """Return an SRT or SBV file as WebVTT: counters go, and blank lines inside a cue no longer end it."""
    canonical = ["WEBVTT"]
    previous = ""
    for line in text.split("\n"):
        timing = _timing(line)
        if timing:
            if previous.strip().isdigit() and canonical[-1] == previous:
                canonical.pop()
            canonical.extend(["", timing])
        elif line.strip() and not (line.strip().isdigit() and not previous.strip()):
            canonical.append(_said(line))
        previous = line
    return "\n".join(canonical)


def _timing(line: str) -> str | None:
    """Return a line of times in canonical form; None where it is no such line."""
    if "->" not in line and "," not in line:
        return None
    match = _TIMING.match(line) or _SBV_TIMING.match(line)
    if match is None:
        return None
    start_s, end_s = seconds_of(match[1]), seconds_of(match[2])
    if start_s is None or end_s is None:
        return None
    return f"{_stamp(start_s)} --> {_stamp(end_s)}"


def _said(line: str) -> str:
    """Return a line that is no line of times so that the arrow in it, if somebody says one, does not end its cue."""
    return line if "-->" not in line or _BROKEN_TIMING.match(line) else line.replace("-->", "--&gt;")


def _stamp(seconds: float) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    return (
        f"{milliseconds // 3_600_000:02d}:{milliseconds // 60_000 % 60:02d}"
        f":{milliseconds // 1000 % 60:02d}.{milliseconds % 1000:03d}"
    )


def _read(canonical: str) -> list[_Raw]:
    import webvtt

    try:
        captions = webvtt.from_buffer(io.StringIO(canonical)).captions
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise TranscriptError(f"cannot be read as captions: {error}") from error
    return [
        _Raw(
            start_s=_exact_seconds(caption.start_time),
            end_s=_exact_seconds(caption.end_time),
            lines=tuple(line.strip() for line in caption.lines if line.strip()),
        )
        for caption in captions
    ]


def _exact_seconds(stamp: Any) -> float:
    hours, minutes, seconds, milliseconds = stamp.to_tuple()
    return float(hours * 3600 + minutes * 60 + seconds + milliseconds / 1000)


def _without_rolling(cues: list[_Raw]) -> list[_Raw]:
    """Return the cues of rolling captions without the line that each repeats from the one before."""
    repeats = [False] + [
        bool(before.lines and cue.lines)
        and plain_text(cue.lines[0]) == plain_text(before.lines[-1])
        and cue.start_s - before.end_s <= ROLLING_GAP_S
        for before, cue in pairwise(cues)
    ]
    if len(cues) < 4 or sum(repeats) < ROLLING_RATIO * len(cues):
        return cues
    return [
        _Raw(start_s=cue.start_s, end_s=cue.end_s, lines=cue.lines[1:] if repeated else cue.lines)
        for cue, repeated in zip(cues, repeats, strict=True)
    ]


def _voices(payload: str) -> list[tuple[str | None, str]]:
    """Return what each voice says in a cue; text before the first voice has no speaker."""
    parts = _VOICE.split(payload)
    spoken: list[tuple[str | None, str]] = [(None, plain_text(parts[0]))]
    spoken.extend(
        (plain_text(name) or None, plain_text(words)) for name, words in zip(parts[1::2], parts[2::2], strict=True)
    )
    return [(speaker, words) for speaker, words in spoken if words.strip("♪ ")]
