"""How good what was chosen is, beside the baselines: a group of bars for each share that was measured."""

from collections.abc import Sequence

from podcast_insights.evaluation.values import FIGURES, Evaluation
from podcast_insights.pictures.svg import GREEN, ORANGE, PURPLE, SKY, SOFT, Drawing, Picture

WIDTH = 720
COLOURS = {"stored": GREEN, "embedded": PURPLE, "TextRank": ORANGE, "random": SKY}
_LEFT, _LONGEST, _BAR, _GAP = 300, 340, 14, 12


def evaluation(found: Sequence[Evaluation]) -> Picture | None:
    """Return the bars, or None where no share could be measured."""
    shares = {(one.figure, one.method): one.amount for one in found if one.amount is not None}
    figures = [figure for figure in FIGURES if figure.is_ratio and any(name == figure.name for name, _ in shares)]
    if not figures:
        return None
    methods = [name for name in COLOURS if any(method == name for _, method in shares)]
    rows = [(figure, [name for name in methods if (figure.name, name) in shares]) for figure in figures]
    drawing = Drawing(WIDTH, 76 + sum(_BAR * len(names) + _GAP for _, names in rows))
    drawing.text(16, 28, f"What was chosen, beside baselines ({found[0].episodes} episodes)", size=14, is_bold=True)
    drawing.legend(16, 50, [(COLOURS[name], name) for name in methods])
    y, told = 66.0, []
    for figure, names in rows:
        drawing.text(_LEFT - 12, y + _BAR * len(names) / 2 + 4, figure.words, anchor="end")
        for name in names:
            share = shares[figure.name, name]
            drawing.box(_LEFT, y + 1, max(_LONGEST * share, 1.5), _BAR - 2, fill=COLOURS[name])
            drawing.text(_LEFT + _LONGEST * share + 8, y + _BAR - 3, f"{share:.1%}", size=10, fill=SOFT)
            y += _BAR
        y += _GAP
        told.append(f"{figure.words}: {', '.join(f'{name} {shares[figure.name, name]:.1%}' for name in names)}")
    return drawing.finished(title="What was chosen, beside baselines", words=f"{'; '.join(told)}.")
