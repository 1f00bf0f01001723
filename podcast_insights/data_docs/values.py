"""What the pages show: a rule with what was found, a table's rules on a day, and a day in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from podcast_insights.quality.rules import Severity

Verdict = Literal["stopped", "set_aside", "warned", "passed"]
# Worst first; a table, and a day, is as good as the worst of its rules.
VERDICTS: tuple[Verdict, ...] = ("stopped", "set_aside", "warned", "passed")
_WHERE_BROKEN: Mapping[Severity, Verdict] = {"error": "stopped", "set_aside": "set_aside", "warning": "warned"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFound:
    """A rule as the last check left it; ``expectation`` and ``reason`` are empty where the rule is no longer there.

    ``sample`` are some of the rows that break it, each with the same columns.
    """

    name: str
    severity: Severity
    passed: bool
    observed: str
    expectation: str
    reason: str
    sample: tuple[Mapping[str, Any], ...]

    @property
    def verdict(self) -> Verdict:
        """What follows from it."""
        return "passed" if self.passed else _WHERE_BROKEN[self.severity]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFound:
    """What the last check of a table on a day found, the broken rules first."""

    table: str
    day: date
    checked_at: datetime
    checked_rows: int
    rules: tuple[RuleFound, ...]

    @property
    def verdict(self) -> Verdict:
        """What follows from the worst of its rules."""
        return worst([rule.verdict for rule in self.rules])

    @property
    def broken(self) -> tuple[RuleFound, ...]:
        """The rules that do not hold."""
        return tuple(rule for rule in self.rules if not rule.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """A day in one line of an index."""

    day: date
    verdict: Verdict
    tables: int
    rules: int
    broken: int


def day_line(day: date, tables: Sequence[TableFound]) -> DayLine:
    """Return a day's tables in one line."""
    return DayLine(
        day=day,
        verdict=worst([table.verdict for table in tables]),
        tables=len(tables),
        rules=sum(len(table.rules) for table in tables),
        broken=sum(len(table.broken) for table in tables),
    )


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst of some verdicts; nothing that was looked at has passed."""
    return min(verdicts, key=VERDICTS.index, default="passed")
