"""The pictures of SQL models: which model has one, and which of its columns are drawn.

A model's rows come newest first, as its SQL says; the first ``MOST_ROWS`` reach back far enough for every picture.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from statistics import median
from types import MappingProxyType
from typing import Any

from podcast_insights.pictures.days import Series, over_days
from podcast_insights.pictures.svg import SERIES, Picture, shortened
from podcast_insights.pictures.topics import topics_over_weeks

MOST_ROWS = 3000

Rows = Sequence[Mapping[str, Any]]

_FUNNEL = (
    ("listed", "listed by feeds"),
    ("selected", "selected"),
    ("transcribed", "with words"),
    ("with_insights", "with insights"),
)


def funnel_over_days(rows: Rows) -> Picture | None:
    """Return how many episodes of each day came how far, from ``mart_daily_funnel``."""
    series = [
        Series(name=name, by_day={row["episode_date"]: float(row[column]) for row in rows}) for column, name in _FUNNEL
    ]
    newest = max(rows, key=lambda row: row["episode_date"], default=None)
    words = ", ".join(f"{newest[column]} {name}" for column, name in _FUNNEL) if newest else ""
    return over_days(
        "Episodes of each day, and how far they came",
        "episodes",
        series,
        form="nested",
        words=f"On {newest['episode_date']}: {words}." if newest else "",
    )


def speed_over_days(rows: Rows) -> Picture | None:
    """Return the seconds of computing for a second of audio, by day and model, from ``mart_transcription_speed``."""
    measured = [row for row in rows if row["median_real_time_factor"] is not None]
    by_model = _grouped(measured, lambda row: f"{row['engine']} {row['model']}".strip(), "median_real_time_factor")
    words = "; ".join(
        f"{one.name}: {median(one.by_day.values()):.3g} s of computing for a second of audio, the median of "
        f"{len(one.by_day)} days"
        for one in by_model
    )
    return over_days(
        "Real-time factor: how long a second of audio takes", "s per s", by_model, form="dots", words=f"{words}."
    )


def cost_over_days(rows: Rows) -> Picture | None:
    """Return what the calls to language models cost, by day and model, from ``mart_costs``."""
    priced = [row for row in rows if row["cost_usd"] is not None]
    by_model = _with_others(_grouped(priced, lambda row: str(row["model"]), "cost_usd"))
    unpriced = sum(row["calls"] for row in rows if row["cost_usd"] is None)
    words = "; ".join(f"{one.name}: {sum(one.by_day.values()):.2f} USD in {len(one.by_day)} days" for one in by_model)
    note = f" {unpriced} calls have no known price." if unpriced else ""
    return over_days("Cost of language models", "USD", by_model, form="stacked", words=f"{words}.{note}")


def _grouped(rows: Rows, name_of: Callable[[Mapping[str, Any]], str], column: str) -> list[Series]:
    """Return a series for each name, those with most days first."""
    found: dict[str, dict[date, float]] = {}
    for row in rows:
        by_day = found.setdefault(name_of(row), {})
        by_day[row["episode_date"]] = by_day.get(row["episode_date"], 0.0) + row[column]
    names = sorted(found, key=lambda name: (-len(found[name]), name))
    return [Series(name=shortened(name), by_day=found[name]) for name in names]


def _with_others(series: list[Series]) -> list[Series]:
    """Return at most as many series as there are colours: those without one of their own are added up in the last."""
    if len(series) <= len(SERIES):
        return series
    kept, others = series[: len(SERIES) - 1], series[len(SERIES) - 1 :]
    days = {day for one in others for day in one.by_day}
    added = {day: sum(one.by_day.get(day, 0.0) for one in others) for day in days}
    return [*kept, Series(name=f"{len(others)} others", by_day=added)]


PICTURES: Mapping[str, Callable[[Rows], Picture | None]] = MappingProxyType(
    {
        "mart_daily_funnel": funnel_over_days,
        "mart_transcription_speed": speed_over_days,
        "mart_costs": cost_over_days,
        "mart_topic_trends": topics_over_weeks,
    }
)
