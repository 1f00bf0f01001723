"""What a transcription server answers, read with suspicion: words with times, or words alone. Pure.

``verbose_json`` holds segments with times; models that hear without times give one text for all that was sent. That
text is spread over the parts of the audio in which there is sound, so a quote begins at about the right second, and
the transcript says that its times are not its own.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from podcast_insights.errors import TranscriptError
from podcast_insights.transcripts.engines.fallback import HIGHEST_NO_SPEECH_RATIO, LOWEST_LOGPROB
from podcast_insights.transcripts.formats.text import plain_text
from podcast_insights.transcripts.values import Segment

if TYPE_CHECKING:
    from podcast_insights.transcripts.engines.levels import Frames

# Servers round, and the encoder pads the end. What lies further out is in another unit, or of another file.
TIMES_OVER_S = 2.0
# A sentence, and a piece of one where nobody put a full stop.
LONGEST_PIECE_CHARS = 250

_LINE = rf"\S.{{0,{LONGEST_PIECE_CHARS}}}"
# No space follows the marks of Chinese and Japanese, nor is there always one to cut at.
_PIECE = re.compile(rf"{_LINE}?(?:[.!?…][\"'”’)\]]*(?=\s|$)|[。！？][\"'”’)\]」』]*)|{_LINE}(?=\s|$)|{_LINE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was heard in what was sent; times are from its beginning.

    ``silent`` are segments that the server itself takes for silence. ``language`` is as the server calls it.
    ``billed_s`` is how much audio it says it charges for, None where it does not say.
    """

    segments: tuple[Segment, ...]
    silent: tuple[Segment, ...]
    has_times: bool
    language: str | None
    billed_s: float | None


def read_answer(body: Any, *, sounding: "Frames", frame_s: float) -> Answer:
    """Return what an answer says.

    Args:
        body: The JSON of the answer.
        sounding: Whether there is sound in each frame of what was sent.
        frame_s: How long a frame is.

    Raises:
        TranscriptError: It is no transcription.
    """
    if not isinstance(body, Mapping) or not isinstance(body.get("text"), str):
        raise TranscriptError("the answer holds no text")
    length_s = len(sounding) * frame_s
    timed = list(_timed(body.get("segments"), length_s))
    text = plain_text(body["text"])
    language, usage = body.get("language"), body.get("usage")
    billed_s = usage.get("seconds") if isinstance(usage, Mapping) else None
    return Answer(
        segments=tuple(segment for segment, is_silent in timed if not is_silent)
        if timed
        else spread(text, sounding=sounding, frame_s=frame_s),
        silent=tuple(segment for segment, is_silent in timed if is_silent),
        has_times=bool(timed) or not text,
        language=language if isinstance(language, str) else None,
        billed_s=billed_s if _is_number(billed_s) and billed_s >= 0 else None,
    )


def spread(text: str, *, sounding: "Frames", frame_s: float) -> tuple[Segment, ...]:
    """Return a text in sentences, spread by length over where there is sound."""
    import numpy as np

    at = np.flatnonzero(sounding)
    if not len(at):
        at = np.arange(max(1, len(sounding)))

    share = len(at) / max(1, len(text))
    segments = []
    for piece in _PIECE.finditer(text):
        first, last = int(piece.start() * share), math.ceil(piece.end() * share) - 1
        start_s, end_s = float(at[min(first, len(at) - 1)]) * frame_s, float(at[min(last, len(at) - 1)] + 1) * frame_s
        segments.append(Segment(index=0, start_s=round(start_s, 3), end_s=round(end_s, 3), text=piece[0]))
    return tuple(segments)


def _timed(given: Any, length_s: float) -> Iterator[tuple[Segment, bool]]:
    """Yield segments with whether nobody speaks there; nothing at all where their times cannot be right."""
    entries = [one for one in given if _is_segment(one)] if isinstance(given, Sequence) else []
    if any(one["end"] > length_s + TIMES_OVER_S for one in entries):
        return
    for one in sorted(entries, key=lambda one: float(one["start"])):
        start_s = min(length_s, max(0.0, float(one["start"])))
        end_s = min(length_s, max(start_s, float(one["end"])))
        text = plain_text(one["text"])
        if text:
            segment = Segment(index=0, start_s=round(start_s, 3), end_s=round(end_s, 3), text=text)
            yield segment, _is_silence(one)


def _is_segment(one: Any) -> bool:
    return (
        isinstance(one, Mapping)
        and isinstance(one.get("text"), str)
        and _is_number(one.get("start"))
        and _is_number(one.get("end"))
    )


def _is_silence(one: Mapping[str, Any]) -> bool:
    no_speech, logprob = one.get("no_speech_prob"), one.get("avg_logprob")
    if not _is_number(no_speech) or not _is_number(logprob):
        return False
    return bool(no_speech > HIGHEST_NO_SPEECH_RATIO and logprob <= LOWEST_LOGPROB)


def _is_number(given: Any) -> TypeGuard[float]:
    if not isinstance(given, int | float) or isinstance(given, bool):
        return False
    try:
        return math.isfinite(given)
    except OverflowError:
        return False
