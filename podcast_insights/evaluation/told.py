"""An evaluation as people read it: a line for each figure, with a column for each method."""

from collections.abc import Sequence

from podcast_insights.evaluation.values import FIGURES, Evaluation


def as_rows(found: Sequence[Evaluation]) -> list[dict[str, str]]:
    """Return the lines of one evaluation; a figure that is measured of no method is left out."""
    amounts = {(one.figure, one.method): one.amount for one in found}
    methods = list(dict.fromkeys(one.method for one in found))
    return [
        {"figure": figure.words}
        | {method: _told(amounts.get((figure.name, method)), is_ratio=figure.is_ratio) for method in methods}
        for figure in FIGURES
        if any((figure.name, method) in amounts for method in methods)
    ]


def _told(amount: float | None, *, is_ratio: bool) -> str:
    if amount is None:
        return ""
    return f"{amount:.1%}" if is_ratio else f"{amount:.4g}"
