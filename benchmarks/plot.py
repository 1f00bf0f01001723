"""The figures that have a goal as a picture: each as a share of its goal, so that all fit on one axis."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import Benchmark, Figure, told

MET, MISSED, TEXT, GRID = "#2f6f4f", "#b3402e", "#222222", "#cccccc"
WIDTH_IN, LINE_IN, FRAME_IN = 9.0, 0.36, 1.3
# Bars end here, and say so by their number.
MOST_SHOWN = 1.5


def goals_of(benchmarks: Sequence[Benchmark]) -> list[tuple[str, Figure, float]]:
    """Return the name, the figure, and its share of its goal, of each figure that has one."""
    return [
        (f"{one.name.replace('_', ' ')}: {figure.name.strip()}", figure, figure.value / figure.at_most)
        for one in benchmarks
        for figure in one.figures
        if figure.at_most
    ]


def draw(machine: Mapping[str, Any], benchmarks: Sequence[Benchmark], path: Path) -> None:
    """Write the picture, in the format that the name of ``path`` ends with."""
    from matplotlib.figure import Figure as Picture

    rows = goals_of(benchmarks)
    picture = Picture(figsize=(WIDTH_IN, FRAME_IN + LINE_IN * len(rows)), layout="constrained")
    axes = picture.subplots()
    shown = [min(share, MOST_SHOWN) for *_, share in rows]
    axes.barh(range(len(rows)), shown, height=0.6, color=[MET if share <= 1 else MISSED for *_, share in rows])
    for place, (_, figure, _) in enumerate(rows):
        words = f"  {told(figure.value, figure.unit)} ({figure.goal})"
        axes.text(max(1.0, shown[place]), place, words, va="center", fontsize=8, color=TEXT)
    axes.axvline(1.0, color=TEXT, linewidth=1)
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, MOST_SHOWN + 0.6)
    axes.set_xticks([0, 0.5, 1], ["0", "half", "goal"], fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GRID)
    picture.suptitle(
        f"{machine['measured_at'][:10]}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, Python {machine['python']}",
        fontsize=9,
        color=TEXT,
    )
    picture.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
