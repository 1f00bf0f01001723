"""The words per minute of each transcript in stretches of half a minute, with advertisements and silence marked.

A recogniser that lost speech, repeats itself, or was given music shows at a glance, and so does a marking of
advertisements that took half an episode.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from podcast_insights.pictures.svg import BLUE, FAINT, ORANGE, RED, SOFT, Drawing, Picture
from podcast_insights.transcripts.values import Segment, Transcript

WIDTH = 760
# Where nobody speaks for so long, words were lost, or there is music.
GAP_S = 20.0
MOST_EPISODES = 12
SHORTEST_STEP_S = 30.0
MOST_COLUMNS = 150
MOST_SPANS = 24
# Columns higher than this look alike: nobody speaks faster.
FASTEST_PER_MINUTE = 300.0
_LEFT, _LENGTH, _ROW, _HEIGHT, _TOP = 250, 490, 62, 36, 66


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRate:
    """One transcript as it is drawn: its words per minute in stretches of ``step_s``, and its spans as (start, end)."""

    name: str
    duration_s: float
    step_s: float
    per_minute: tuple[float, ...]
    ads: tuple[tuple[float, float], ...]
    gaps: tuple[tuple[float, float], ...]
    words: int
    has_times: bool

    @property
    def ad_s(self) -> float:
        """For how long there are advertisements."""
        return sum(end_s - start_s for start_s, end_s in self.ads)

    @property
    def gap_s(self) -> float:
        """For how long there are no words."""
        return sum(end_s - start_s for start_s, end_s in self.gaps)

    @property
    def mean_per_minute(self) -> float:
        """The words per minute of the whole."""
        return self.words * 60 / self.duration_s if self.duration_s > 0 else 0.0

    def told(self) -> str:
        """Return its figures in a few words."""
        told = f"{self.mean_per_minute:.0f} words/min, {_minutes(self.ad_s)} ads"
        return f"{told}, {_minutes(self.gap_s)} silent" if self.has_times else f"{told}, times unknown"


def word_rates(transcripts: Sequence[Transcript], titles: Mapping[str, str]) -> Picture | None:
    """Return the picture of a day's transcripts, or None where there are none.

    Args:
        transcripts: The transcripts; of many, those with most silence are drawn.
        titles: What to call each episode, by its id.
    """
    rates = [
        word_rate(transcript, titles.get(transcript.episode_id, transcript.episode_id)) for transcript in transcripts
    ]
    if not rates:
        return None
    shown = sorted(rates, key=lambda rate: (-rate.gap_s, -rate.duration_s, rate.name))[:MOST_EPISODES]
    longest_s = max(1.0, *(rate.duration_s for rate in shown))
    drawing = Drawing(WIDTH, _TOP + _ROW * len(shown) + 8)
    drawing.text(16, 26, "Words per minute, from the beginning to the end", size=14, is_bold=True)
    drawing.legend(_LEFT, 48, [(BLUE, "words"), (ORANGE, "advertisement"), (RED, f"no words for {GAP_S:.0f} s")])
    for place, rate in enumerate(shown):
        _draw(drawing, _TOP + place * _ROW, rate, longest_s)
    more = len(rates) - len(shown)
    words = " ".join(f"{rate.name}: {rate.told()}." for rate in shown)
    return drawing.finished(
        title="Words per minute of each transcript", words=f"{words} {more} more are not drawn." if more else words
    )


def word_rate(transcript: Transcript, name: str) -> WordRate:
    """Return what is drawn of a transcript; words are spread evenly over the time of their segment.

    Words whose time is no number are counted and not drawn.
    """
    timed = [one for one in transcript.segments if math.isfinite(one.start_s) and math.isfinite(one.end_s)]
    duration_s = max(transcript.duration_s, *(segment.end_s for segment in timed), 0.0)
    duration_s = duration_s if math.isfinite(duration_s) else 0.0
    step_s = max(SHORTEST_STEP_S, duration_s / MOST_COLUMNS)
    counts = [0.0] * max(1, math.ceil(duration_s / step_s))
    for segment in timed:
        _spread(counts, segment, len(segment.text.split()), step_s)
    last_s = duration_s - (len(counts) - 1) * step_s
    lengths_s = [step_s] * (len(counts) - 1) + [max(last_s, 1.0)]
    return WordRate(
        name=name,
        duration_s=duration_s,
        step_s=step_s,
        per_minute=tuple(count * 60 / length_s for count, length_s in zip(counts, lengths_s, strict=True)),
        ads=_merged((one.start_s, one.end_s) for one in timed if one.is_ad),
        gaps=_gaps(timed, duration_s) if transcript.has_times else (),
        words=sum(len(segment.text.split()) for segment in transcript.segments),
        has_times=transcript.has_times,
    )


def _spread(counts: list[float], segment: Segment, words: int, step_s: float) -> None:
    """Add the words of a segment to the stretches that it touches, by how long it is in each."""
    last = len(counts) - 1
    first_step = min(last, max(0, int(segment.start_s / step_s)))
    last_step = min(last, max(first_step, int(segment.end_s / step_s)))
    length_s = segment.end_s - segment.start_s
    if first_step == last_step or length_s <= 0:
        counts[first_step] += words
        return
    for step in range(first_step, last_step + 1):
        inside_s = min(segment.end_s, (step + 1) * step_s) - max(segment.start_s, step * step_s)
        counts[step] += words * max(inside_s, 0.0) / length_s


def _gaps(segments: Sequence[Segment], duration_s: float) -> tuple[tuple[float, float], ...]:
    """Return the stretches of ``GAP_S`` and more in which no segment lies."""
    gaps = []
    spoken_s = 0.0
    for start_s, end_s in [*sorted((one.start_s, one.end_s) for one in segments), (duration_s, duration_s)]:
        if start_s - spoken_s >= GAP_S:
            gaps.append((spoken_s, start_s))
        spoken_s = max(spoken_s, end_s)
    return tuple(gaps)


def _merged(spans: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return spans in order, those that touch or nearly do as one."""
    merged: list[tuple[float, float]] = []
    for start_s, end_s in sorted(spans):
        if merged and start_s - merged[-1][1] < 2.0:
            merged[-1] = merged[-1][0], max(merged[-1][1], end_s)
        else:
            merged.append((start_s, end_s))
    return tuple(merged)


def _draw(drawing: Drawing, top: float, rate: WordRate, longest_s: float) -> None:
    scale = _LENGTH / longest_s
    base = top + _HEIGHT
    drawing.text(16, top + 14, rate.name, most=36)
    drawing.text(16, top + 31, rate.told(), size=11, fill=SOFT, most=44)
    drawing.box(_LEFT, top, rate.duration_s * scale, _HEIGHT, fill=FAINT, opacity=0.5)
    heights = [min(1.0, rate_of / FASTEST_PER_MINUTE) * _HEIGHT for rate_of in rate.per_minute]
    drawing.columns(_LEFT, base, rate.step_s * scale, heights[:-1], fill=BLUE)
    before_s = rate.step_s * (len(heights) - 1)
    drawing.columns(_LEFT + before_s * scale, base, (rate.duration_s - before_s) * scale, heights[-1:], fill=BLUE)
    for spans, colour in ((rate.ads, ORANGE), (rate.gaps, RED)):
        for start_s, end_s in spans[:MOST_SPANS]:
            drawing.box(_LEFT + start_s * scale, base, max((end_s - start_s) * scale, 1.5), 7, fill=colour)
    end = _LEFT + rate.duration_s * scale
    drawing.text(end, base + 18, _minutes(rate.duration_s), size=10, fill=SOFT, anchor="end")


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
