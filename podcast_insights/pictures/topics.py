"""Which topics came up in which week: a row for each topic, a square for each week, darker where it came up more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from podcast_insights.pictures.svg import BLUE, FAINT, INK, PAPER, SOFT, Drawing, Picture, shortened

WIDTH = 760
MOST_TOPICS = 12
MOST_WEEKS, FEWEST_WEEKS = 12, 6
_LEFT, _TOP, _CELL, _ROW = 220, 64, 42, 28


def topics_over_weeks(rows: Sequence[Mapping[str, Any]]) -> Picture | None:
    """Return the picture of ``mart_topic_trends``, or None where there are no rows."""
    if not rows:
        return None
    last = max(row["week_date"] for row in rows)
    reach = (last - min(row["week_date"] for row in rows)).days // 7 + 1
    shown = min(MOST_WEEKS, max(FEWEST_WEEKS, reach))
    weeks = [last - timedelta(weeks=back) for back in range(shown - 1, -1, -1)]
    counts: dict[str, Counter[date]] = {}
    for row in rows:
        if row["week_date"] >= weeks[0]:
            counts.setdefault(row["topic"], Counter())[row["week_date"]] += row["insights"]
    topics = sorted(counts, key=lambda topic: (-counts[topic].total(), -counts[topic][last], topic))[:MOST_TOPICS]
    drawing = Drawing(WIDTH, _TOP + _ROW * len(topics) + 32)
    drawing.text(16, 26, "Published insights by topic and week", size=14, is_bold=True)
    drawing.text(16, 46, f"Weeks begin on Mondays; the last is that of {last.isoformat()}.", size=11, fill=SOFT)
    most = max(count for topic in topics for count in counts[topic].values())
    for place, topic in enumerate(topics):
        _draw(drawing, _TOP + place * _ROW, topic, [counts[topic][week] for week in weeks], most)
    for place, week in enumerate(weeks):
        if (len(weeks) - 1 - place) % 2 == 0:
            x = _LEFT + (place + 0.5) * _CELL
            drawing.text(
                x, _TOP + _ROW * len(topics) + 16, f"{week.day} {week:%b}", size=11, fill=SOFT, anchor="middle"
            )
    return drawing.finished(title="Topics over weeks", words=_words(topics, counts, weeks))


def _draw(drawing: Drawing, top: float, topic: str, counts: Sequence[int], most: int) -> None:
    drawing.text(_LEFT - 12, top + 16, topic, anchor="end", most=30)
    for place, count in enumerate(counts):
        x = _LEFT + place * _CELL
        drawing.box(x, top, _CELL - 3, _ROW - 4, fill=FAINT)
        if count:
            share = count / most
            drawing.box(x, top, _CELL - 3, _ROW - 4, fill=BLUE, opacity=0.25 + 0.75 * share)
            fill = PAPER if share > 0.5 else INK
            drawing.text(x + (_CELL - 3) / 2, top + 16, f"{count}", fill=fill, anchor="middle")
    drawing.text(_LEFT + len(counts) * _CELL + 6, top + 16, f"{sum(counts)}", fill=SOFT)


def _words(topics: Sequence[str], counts: Mapping[str, Counter[date]], weeks: Sequence[date]) -> str:
    named = ", ".join(f"{shortened(topic, 40)} {counts[topic].total()}" for topic in topics)
    this_week = [topic for topic in topics if counts[topic][weeks[-1]]]
    return (
        f"Insights by topic in the {len(weeks)} weeks up to that of {weeks[-1].isoformat()}: {named}. "
        f"{len(this_week)} of these topics came up in the last week."
    )
