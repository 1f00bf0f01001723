"""What a quality rule is: a sentence that should be true of a day of a table, with the expectation that tests it.

Rules are data: an expectation is the name of a Great Expectations type and its arguments, so that they can be listed,
shown and named as asset checks without importing Great Expectations (which takes seconds). ``suites.py`` lists the
rules themselves and ``run.py`` is the only module that evaluates them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

# The one kind of rule that is about several days; Great Expectations is given one day alone.
USUAL = "is_usual"

Severity = Literal["error", "set_aside", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One Great Expectations type by name, such as ``expect_column_values_to_be_unique``, and its arguments.

    ``is_usual`` is none of theirs: it compares a figure of the day with those of earlier days.
    """

    type: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One sentence that should be true of every day of a table.

    ``name`` is that sentence in snake case. An ``error`` stops what is downstream; rows that break a rule of severity
    ``set_aside`` are left out there; at a ``warning`` a person looks. ``reason`` says what would go wrong for whom.
    """

    name: str
    table: str
    severity: Severity
    reason: str
    expectation: Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The rules of one table; ``key`` are the columns that name a failing row to a person.

    A table that has no days (``is_by_day``) is checked whole, as of the day of the check. ``item`` is the column that
    names what is left out for a row that is set aside, where the table has such rules. Most keys are hashes, so the
    columns in ``recognised_by`` stand beside them.
    """

    table: str
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    is_by_day: bool = True
    item: str | None = None
    recognised_by: tuple[str, ...] = ()


def is_unique(*columns: str) -> Expectation:
    """Expect no two rows to agree in all of ``columns`` (several, or one)."""
    if len(columns) == 1:
        return Expectation(type="expect_column_values_to_be_unique", arguments={"column": columns[0]})
    return Expectation(
        type="expect_compound_columns_to_be_unique",
        arguments={"column_list": list(columns), "ignore_row_if": "any_value_is_missing"},
    )


def is_one_of(column: str, *values: Any) -> Expectation:
    """Expect each value that is there to be one of ``values``."""
    return Expectation(
        type="expect_column_values_to_be_in_set", arguments={"column": column, "value_set": list(values)}
    )


def is_between(column: str, low: float | None = None, high: float | None = None) -> Expectation:
    """Expect each value that is there to lie between ``low`` and ``high``, both allowed."""
    return Expectation(
        type="expect_column_values_to_be_between",
        arguments={"column": column, "min_value": low, "max_value": high},
    )


def is_more_than(column: str, low: float, high: float) -> Expectation:
    """Expect each value that is there to be more than ``low`` and at most ``high``."""
    return Expectation(
        type="expect_column_values_to_be_between",
        arguments={"column": column, "min_value": low, "max_value": high, "strict_min": True},
    )


def is_not_blank(column: str) -> Expectation:
    """Expect each text that is there to hold more than white space."""
    return matches(column, r"\S")


def matches(column: str, regex: str) -> Expectation:
    """Expect each text that is there to match a regular expression somewhere."""
    return Expectation(type="expect_column_values_to_match_regex", arguments={"column": column, "regex": regex})


def is_equal(left: str, right: str) -> Expectation:
    """Expect two columns to agree wherever both have a value."""
    return Expectation(
        type="expect_column_pair_values_to_be_equal",
        arguments={"column_A": left, "column_B": right, "ignore_row_if": "either_value_is_missing"},
    )


def is_at_least(larger: str, smaller: str) -> Expectation:
    """Expect one column to be no less than another wherever both have a value."""
    return Expectation(
        type="expect_column_pair_values_a_to_be_greater_than_b",
        arguments={
            "column_A": larger,
            "column_B": smaller,
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    )


def is_usual(measure: str) -> Expectation:
    """Expect a figure of the day (``usual.py`` lists them) to be as it was in the last thirty days."""
    return Expectation(type=USUAL, arguments={"measure": measure})


def has_column(column: str) -> Expectation:
    """Expect the batch to have a column: what is there at all, where a table without rows would pass anything."""
    return Expectation(type="expect_column_to_exist", arguments={"column": column})
