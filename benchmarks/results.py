"""What a benchmark found: figures with their units and, where there is one, the goal; as JSON and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number; ``at_most`` is the goal, None where the number only explains another."""

    name: str
    value: float
    unit: str
    at_most: float | None = None

    @property
    def meets_goal(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        return None if self.at_most is None else self.value <= self.at_most

    @property
    def goal(self) -> str | None:
        """The goal in words; None where there is none."""
        return None if self.at_most is None else f"at most {told(self.at_most, self.unit)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One benchmark: its figures, or why it was skipped, and how long it ran; ``details`` goes into the JSON only."""

    name: str
    figures: tuple[Figure, ...] = ()
    skipped: str | None = None
    took_s: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def as_json(machine: Mapping[str, Any], benchmarks: Sequence[Benchmark]) -> dict[str, Any]:
    """Return everything that was found."""
    found = [
        asdict(one) | {"figures": [asdict(figure) | {"meets_goal": figure.meets_goal} for figure in one.figures]}
        for one in benchmarks
    ]
    return {"machine": dict(machine), "benchmarks": found}


def print_table(console: Console, benchmarks: Sequence[Benchmark]) -> None:
    """Print one line for each figure."""
    table = Table("benchmark", "figure", "value", "goal", "")
    for one in benchmarks:
        if one.skipped:
            table.add_row(one.name, f"skipped: {one.skipped}", "", "", "")
        for figure in one.figures:
            verdict = {None: "", True: "met", False: "MISSED"}[figure.meets_goal]
            table.add_row(one.name, figure.name, told(figure.value, figure.unit), figure.goal or "", verdict)
        table.add_section()
    console.print(table)


def told(value: float, unit: str) -> str:
    """Return a number as it is shown."""
    return f"{value:.0%}" if unit == "share" else f"{value:,.2f} {unit}".rstrip()
