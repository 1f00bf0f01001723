"""Spoken sentences become cues, and cues become the three transcript formats that publishers use.

WebVTT carries the speaker as a voice span, SubRip as a ``Name:`` prefix, the podcast namespace's JSON as a field.
"""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass

from demo_generator.scripts import TranscriptKind
from demo_generator.speech import SpokenSentence

CUE_SENTENCES = 3
CUE_CHARACTERS = 230


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One to three sentences of one speaker with their times."""

    speaker: str
    text: str
    start_s: float
    end_s: float


def cues_of(spoken: Sequence[SpokenSentence]) -> tuple[Cue, ...]:
    """Join neighbouring sentences of a turn while they stay short enough to read as one cue."""
    groups: list[list[SpokenSentence]] = []
    for sentence in spoken:
        if groups and _fits(groups[-1], sentence):
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return tuple(
        Cue(
            speaker=group[0].speaker,
            text=" ".join(sentence.text for sentence in group),
            start_s=group[0].start_s,
            end_s=group[-1].end_s,
        )
        for group in groups
    )


def ad_spans(spoken: Sequence[SpokenSentence]) -> list[list[float]]:
    """Return [start_s, end_s] of each run of ad sentences."""
    spans: list[list[float]] = []
    was_ad = False
    for sentence in spoken:
        if sentence.is_ad and was_ad:
            spans[-1][1] = sentence.end_s
        elif sentence.is_ad:
            spans.append([sentence.start_s, sentence.end_s])
        was_ad = sentence.is_ad
    return spans


def render_transcript(cues: Sequence[Cue], kind: TranscriptKind) -> str:
    """Write cues in one of the formats."""
    return {"vtt": _vtt, "srt": _srt, "json": _json}[kind](cues)


def _fits(group: Sequence[SpokenSentence], sentence: SpokenSentence) -> bool:
    length = sum(len(member.text) + 1 for member in group) + len(sentence.text)
    is_same_turn = group[0].turn_index == sentence.turn_index
    return is_same_turn and len(group) < CUE_SENTENCES and length <= CUE_CHARACTERS


def _vtt(cues: Sequence[Cue]) -> str:
    blocks = [
        f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n"
        f"<v {html.escape(cue.speaker, quote=False)}>{html.escape(cue.text, quote=False)}</v>"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def _srt(cues: Sequence[Cue]) -> str:
    blocks = [
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{cue.speaker}: {cue.text}"
        for number, cue in enumerate(cues, start=1)
    ]
    return "\n\n".join(blocks) + "\n"


def _json(cues: Sequence[Cue]) -> str:
    segments = [
        {"speaker": cue.speaker, "startTime": cue.start_s, "endTime": cue.end_s, "body": cue.text} for cue in cues
    ]
    return json.dumps({"version": "1.0.0", "segments": segments}, indent=1, ensure_ascii=False) + "\n"


def _clock(time_s: float, decimal_mark: str) -> str:
    milliseconds = round(time_s * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal_mark}{milliseconds:03}"
