"""Whether the better passage has the greater value, by the marks that a person gave in ``docs/evaluation/sheet.csv``.

The sheet was marked once; the extractor goes on changing. A marked passage counts where one of the same episode with
the same headline is chosen today, with today's value: when it is said is known better each time. Of two passages with
different marks, the one with the higher marks should come first: whoever guesses is right half of the time.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from evaluation.lines import Line, told
from podcast_insights.evaluation.values import Passage

SHEET = Path(__file__).parent.parent / "docs" / "evaluation" / "sheet.csv"
COUNTED = ("standalone", "substantive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A passage of today with what a person thought of it."""

    passage: Passage
    marks: int


def marked_passages(sheet: Path, chosen: Sequence[Passage]) -> tuple[Marked, ...]:
    """Return the passages of ``chosen`` that are on the sheet."""
    with sheet.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return tuple(
        Marked(passage=one, marks=sum(int(line[name]) for name in COUNTED))
        for line in lines
        for one in chosen
        if (one.episode_id, one.claim) == (line["episode"], line["headline"])
    )


def right_order_ratio(marked: Sequence[Marked], value: Callable[[Passage], float]) -> float | None:
    """Return in how many of the pairs with different marks the better one has the greater value; a tie is half."""
    right = [
        0.5 + 0.5 * _sign((one.marks - other.marks) * (value(one.passage) - value(other.passage)))
        for one, other in combinations(marked, 2)
        if one.marks != other.marks
    ]
    return sum(right) / len(right) if right else None


def order_lines(chosen: Sequence[Passage], sheet: Path = SHEET) -> list[Line]:
    """Return how well the value agrees with a person, beside two orders that anybody could have."""
    marked = marked_passages(sheet, chosen)
    orders: dict[str, Callable[[Passage], float]] = {
        "longest first": lambda one: len(one.text),
        "earliest first": lambda one: -one.start_s,
    }
    return [
        Line(area="ranking", figure="passages of the marked sheet that are chosen today", ours=str(len(marked))),
        Line(
            area="ranking",
            figure="pairs of them that a person would put in the same order",
            ours=told(right_order_ratio(marked, lambda one: one.score), 1),
            others={name: told(right_order_ratio(marked, value), 1) for name, value in orders.items()},
        ),
    ]


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
