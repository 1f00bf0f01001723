"""What is usual: a figure of a day beside the same figure of the thirty days before.

A feed that goes silent, or a recogniser that loses half of the words, breaks no rule on rows; it shows only against
what is usual. Median and median deviation are used, because one odd day among thirty must not decide what is usual.
With little history nothing is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from types import MappingProxyType

from podcast_insights.days import window_ending
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.warehouse import Warehouse

HISTORY_DAYS = 30
FEWEST_DAYS = 10
# So many deviations from the median are no longer chance, even where shows rest on weekends.
DEVIATIONS = 4.0
# A median deviation times this is what a standard deviation is, where values are spread as a bell.
AS_STANDARD_DEVIATION = 1.4826
SMALLEST_DEVIATION_RATIO = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure of a day: the tables that it reads, and the SQL that gives (day, value), no row where there is none.

    ``smallest_deviation`` is what differs without meaning anything, in the figure's own unit; ``is_count`` says that a
    day without rows has the figure 0.
    """

    unit: str
    reads: tuple[str, ...]
    sql: str
    smallest_deviation: float
    is_count: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualRange:
    """What a figure usually lies between, by ``days`` days of history."""

    low: float
    high: float
    days: int


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "episodes": Measure(
            unit="episodes",
            reads=("episodes",),
            sql="SELECT episode_date, count(*) FILTER (decision = 'process') FROM episodes GROUP BY 1",
            smallest_deviation=1.0,
            is_count=True,
        ),
        "words_per_minute": Measure(
            unit="words per minute",
            reads=("transcripts",),
            sql=(
                "SELECT episode_date, median(word_count * 60 / duration_s) FROM transcripts "
                "WHERE duration_s > 0 GROUP BY 1"
            ),
            smallest_deviation=10.0,
        ),
        "insights_per_episode": Measure(
            unit="insights per episode",
            reads=("transcripts", "insights"),
            sql=(
                "SELECT episode_date, (SELECT count(*) FROM insights WHERE insights.episode_date = made.episode_date) "
                "/ count(*) FROM transcripts AS made GROUP BY 1"
            ),
            smallest_deviation=0.5,
        ),
    }
)


def usual_range(history: Sequence[float], *, smallest_deviation: float) -> UsualRange | None:
    """Return what a figure usually lies between, or None with too little history to say."""
    if len(history) < FEWEST_DAYS:
        return None
    middle = median(history)
    deviation = max(
        AS_STANDARD_DEVIATION * median(abs(value - middle) for value in history),
        SMALLEST_DEVIATION_RATIO * abs(middle),
        smallest_deviation,
    )
    return UsualRange(low=middle - DEVIATIONS * deviation, high=middle + DEVIATIONS * deviation, days=len(history))


def compared(warehouse: Warehouse, measure: Measure, day: date) -> tuple[bool, str]:
    """Return whether a figure of a day is usual, and that in a few words; what cannot be compared is usual."""
    days = window_ending(day, HISTORY_DAYS + 1)
    found = _figures(warehouse, measure, days)
    history = [found[past] for past in days[:-1] if past in found]
    value = found.get(day)
    usual = usual_range(history, smallest_deviation=measure.smallest_deviation)
    if value is None:
        return True, "no rows"
    if usual is None:
        return True, f"{value:.3g} {measure.unit}; {len(history)} days are too few to say what is usual"
    low = max(usual.low, 0.0)
    return (
        usual.low <= value <= usual.high,
        f"{value:.3g} {measure.unit}; usual are {low:.3g} to {usual.high:.3g}, by {usual.days} days",
    )


def _figures(warehouse: Warehouse, measure: Measure, days: Sequence[date]) -> dict[date, float]:
    partitions = {day_partition(day): day for day in days}
    with warehouse.connect(measure.reads, partitions=list(partitions)) as connection:
        found = {day: float(value) for day, value in connection.execute(measure.sql).fetchall() if value is not None}
    if not measure.is_count:
        return found
    # A day whose file holds no row is a day with none; a day without a file is no day.
    written = warehouse.files(measure.reads[0], partitions=list(partitions))
    return {partitions[path.parent.name]: 0.0 for path in written} | found
