"""How often something was said, week by week, as a chart of bars in plain SVG.

The chart ends with the last week in which it was said, so that the page of a topic changes only when the topic comes
up. It has a title and a description for those who do not see it; the numbers stand in a table beside it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from podcast_insights.delivery.views import in_words

MOST_WEEKS = 26
FEWEST_WEEKS = 8

WIDTH, HEIGHT = 640, 168
# Room for the dates below and the numbers above at the size that they have on a phone.
BASE = HEIGHT - 34
_TOP = 30
_STUB = 3.0
_GAP_RATIO = 0.22


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The number of insights of one week, which begins on a Monday."""

    monday: date
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar in the coordinates of the chart, with the number above it; a week without any has a stub."""

    x: float
    y: float
    width: float
    height: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A chart: its weeks, oldest first, the bar of each, and what it says in a sentence."""

    weeks: tuple[Week, ...]
    bars: tuple[Bar, ...]
    summary: str

    @property
    def spoken(self) -> tuple[Week, ...]:
        """The weeks in which it was said, newest first: the rows of the table."""
        return tuple(week for week in reversed(self.weeks) if week.count)


def trend_of(days: Iterable[date]) -> Trend:
    """Return the trend of what was said on ``days``, of which there is at least one."""
    counts = Counter(day - timedelta(days=day.weekday()) for day in days)
    last = max(counts)
    reach = (last - min(counts)).days // 7 + 1
    shown = min(MOST_WEEKS, max(FEWEST_WEEKS, reach))
    mondays = [last - timedelta(weeks=back) for back in range(shown - 1, -1, -1)]
    weeks = tuple(Week(monday=monday, count=counts[monday]) for monday in mondays)
    most = max(week.count for week in weeks)
    return Trend(weeks=weeks, bars=_bars(weeks, most), summary=_summary(weeks, most))


def _bars(weeks: tuple[Week, ...], most: int) -> tuple[Bar, ...]:
    step = WIDTH / len(weeks)
    width = step * (1 - _GAP_RATIO)
    bars = []
    for place, week in enumerate(weeks):
        height = round((BASE - _TOP) * week.count / most, 1) or _STUB
        bars.append(
            Bar(
                x=round(place * step + (step - width) / 2, 1),
                y=round(BASE - height, 1),
                width=round(width, 1),
                height=height,
                count=week.count,
            )
        )
    return tuple(bars)


def _summary(weeks: tuple[Week, ...], most: int) -> str:
    total = sum(week.count for week in weeks)
    busiest = max(week.monday for week in weeks if week.count == most)
    if total == most:
        return f"All {in_words(total)} in the week from {written_date(busiest)}."
    return (
        f"{in_words(total).capitalize()} in the {in_words(len(weeks))} weeks up to that from "
        f"{written_date(weeks[-1].monday)}; most, {in_words(most)}, in the week from {written_date(busiest)}."
    )


def written_date(day: date) -> str:
    """Return a day as it stands in a sentence and below the chart: ``9 November 2026``."""
    return f"{day.day} {day:%B} {day.year}"
