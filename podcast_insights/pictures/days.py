"""Figures over the last days: columns that are stacked or lie within each other, or dots joined by lines."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from podcast_insights.days import days_until
from podcast_insights.pictures.svg import FAINT, SERIES, SHADES, SOFT, Drawing, Picture

WIDTH, HEIGHT = 760, 290
MOST_DAYS = 60
FEWEST_DAYS = 7
_LEFT, _RIGHT, _TOP, _BASE = 64, 744, 66, 250
_GAP_RATIO = 0.2

Form = Literal["stacked", "nested", "dots"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure by day, with its name."""

    name: str
    by_day: Mapping[date, float]


def over_days(title: str, unit: str, series: Sequence[Series], *, form: Form, words: str) -> Picture | None:
    """Return the picture of some figures over the last days that have any, or None where no day has.

    Args:
        title: What is drawn.
        unit: The unit of the scale.
        series: At most as many as there are colours, each in its own; the nested ones from the largest to the smallest.
        form: How the figures of one day relate: they add up, each is a part of the one before, or neither.
        words: What there is to say of them.
    """
    colours = SHADES if form == "nested" else SERIES
    series = [one for one in series[: len(colours)] if one.by_day]
    if not series:
        return None
    days = shown_days([day for one in series for day in one.by_day])
    top = nice_top(_highest(series, days, form))
    drawing = Drawing(WIDTH, HEIGHT)
    drawing.text(16, 26, title, size=14, is_bold=True)
    drawing.legend(_LEFT, 48, [(colour, one.name) for colour, one in zip(colours, series, strict=False)])
    _draw_scale(drawing, days, top, unit)
    step = (_RIGHT - _LEFT) / len(days)
    below = [0.0] * len(days)
    for colour, one in zip(colours, series, strict=False):
        if form == "dots":
            places = [
                (_LEFT + (place + 0.5) * step, _BASE - _height(one.by_day[day], top))
                for place, day in enumerate(days)
                if day in one.by_day
            ]
            drawing.dots(places, fill=colour)
            continue
        for place, day in enumerate(days):
            height = _height(one.by_day.get(day, 0.0), top)
            x = _LEFT + (place + _GAP_RATIO / 2) * step
            drawing.box(x, _BASE - below[place] - height, step * (1 - _GAP_RATIO), height, fill=colour)
            below[place] += height if form == "stacked" else 0.0
    return drawing.finished(title=title, words=words)


def shown_days(found: Sequence[date]) -> tuple[date, ...]:
    """Return the days up to the last one that was found: a week at least, two months at most."""
    last = max(found)
    first = max(min(found), last - timedelta(days=MOST_DAYS - 1))
    return tuple(days_until(min(first, last - timedelta(days=FEWEST_DAYS - 1)), last))


def nice_top(highest: float) -> float:
    """Return a round number that is at least ``highest``, for the end of a scale."""
    if not math.isfinite(highest) or highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= highest)


def _highest(series: Sequence[Series], days: Sequence[date], form: Form) -> float:
    if form == "stacked":
        return max(sum(one.by_day.get(day, 0.0) for one in series) for day in days)
    return max(one.by_day.get(day, 0.0) for one in series for day in days)


def _height(value: float, top: float) -> float:
    return (_BASE - _TOP) * min(max(value, 0.0) / top, 1.0) if math.isfinite(value) else 0.0


def _draw_scale(drawing: Drawing, days: Sequence[date], top: float, unit: str) -> None:
    for part in (0.0, 0.5, 1.0):
        y = _BASE - (_BASE - _TOP) * part
        drawing.line(_LEFT, y, _RIGHT, y, stroke=FAINT)
        drawing.text(_LEFT - 8, y + 4, f"{top * part:.4g}", size=11, fill=SOFT, anchor="end")
    drawing.text(_RIGHT, 48, unit, size=11, fill=SOFT, anchor="end")
    step = (_RIGHT - _LEFT) / len(days)
    every = math.ceil(len(days) / 10)
    # Counted from the last day, which is the one that people look for.
    for place in range(len(days) - 1, -1, -every):
        day = days[place]
        drawing.text(
            _LEFT + (place + 0.5) * step, _BASE + 18, f"{day.day} {day:%b}", size=11, fill=SOFT, anchor="middle"
        )
