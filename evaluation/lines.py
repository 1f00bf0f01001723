"""One figure beside those of the baselines, and all of them as one table: for a terminal and in Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure as it is told: ours, and what each baseline gets."""

    area: str
    figure: str
    ours: str
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def beside(self) -> str:
        """The baselines in words."""
        return ", ".join(f"{name} {value}" for name, value in self.others.items())


def table_of(lines: Sequence[Line]) -> Table:
    """Return the lines as a table for a terminal."""
    table = Table("of", "figure", "ours", "baselines")
    for line in lines:
        table.add_row(line.area, line.figure, line.ours, line.beside)
    return table


def as_markdown(lines: Sequence[Line]) -> str:
    """Return the same as a table in Markdown."""
    rows = [f"| {line.area} | {line.figure} | {line.ours} | {line.beside} |" for line in lines]
    return "\n".join(["| of | figure | ours | baselines |", "|---|---|--:|---|", *rows]) + "\n"


def told(value: float | None, decimals: int) -> str:
    """Return a number as it is shown: with one decimal it is a share."""
    if value is None:
        return "-"
    return f"{value:.1%}" if decimals == 1 else f"{value:.{decimals}f}"
