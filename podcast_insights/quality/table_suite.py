"""How a table's suite is put together, with the rules that many tables share.

A day without rows passes every rule on columns, and for most tables that is right: the rule ``..._are_written`` tells
a day without rows from a day that is missing.
"""

from podcast_insights.quality.rules import (
    Expectation,
    Rule,
    Severity,
    Suite,
    has_column,
    is_equal,
    is_one_of,
    is_unique,
)
from podcast_insights.storage.schemas import table

Sentence = tuple[str, Severity, Expectation, str]

# No episode is longer than a day: what claims to be is a mistake.
LONGEST_S = 24 * 3600.0

SELECTED_ONLY = "Work on an episode that was not selected is wasted, and may reach a reader who muted it."
NOT_BOTH = "An item is either done or skipped with its reason; both at once hides a failure."


def suite_of(
    name: str,
    *rules: Sentence,
    key: tuple[str, ...] = (),
    item: str | None = None,
    recognised_by: tuple[str, ...] = (),
) -> Suite:
    """Return the suite of a table with a file for each day: the rules that hold for all of these, then its own.

    Args:
        name: The table.
        rules: The rules that are the table's own.
        key: The columns that name a failing row, where they are not the table's key.
        item: The column that names what is left out for a row that is set aside.
        recognised_by: The columns by which a person recognises a row.
    """
    shared = (*_of_any_table(name, name, "error"), *_of_a_day(name))
    return _suite(
        name, (*shared, *rules), key=key or table(name).key, is_by_day=True, item=item, recognised_by=recognised_by
    )


def whole_suite_of(
    name: str,
    *rules: Sentence,
    is_by_day: bool,
    rows: str | None = None,
    severity: Severity = "error",
    recognised_by: tuple[str, ...] = (),
) -> Suite:
    """Return the suite of a table without a file for each day.

    Args:
        name: The table.
        rules: The rules that are the table's own.
        is_by_day: Whether its rows belong to days all the same.
        rows: What its rows are called in the sentences, where that is not the name of the table.
        severity: That of the rules which it shares with others.
        recognised_by: The columns by which a person recognises a row.
    """
    shared = _of_any_table(name, rows or name, severity)
    return _suite(name, (*shared, *rules), key=table(name).key, is_by_day=is_by_day, recognised_by=recognised_by)


def _suite(
    name: str,
    rules: tuple[Sentence, ...],
    *,
    key: tuple[str, ...],
    is_by_day: bool,
    recognised_by: tuple[str, ...],
    item: str | None = None,
) -> Suite:
    return Suite(
        table=name,
        key=key,
        is_by_day=is_by_day,
        item=item,
        recognised_by=recognised_by,
        rules=tuple(
            Rule(name=sentence, table=name, severity=severity, expectation=expectation, reason=reason)
            for sentence, severity, expectation, reason in rules
        ),
    )


def _of_any_table(name: str, rows: str, severity: Severity) -> tuple[Sentence, ...]:
    return (
        (
            f"{rows}_have_required_values",
            severity,
            is_one_of("missing_values", ""),
            "Later stages take these columns for granted.",
        ),
        (
            f"{rows}_have_unique_ids",
            severity,
            is_unique(*table(name).key),
            "A row that is there twice is counted, worked on and sent twice.",
        ),
    )


def _of_a_day(name: str) -> tuple[Sentence, ...]:
    return (
        (
            f"{name}_of_the_day_are_written",
            "error",
            has_column("is_written"),
            "A day whose file is missing or damaged is not a day on which nothing happened.",
        ),
        (
            f"{name}_belong_to_the_day",
            "error",
            is_equal("row_date", "day"),
            "A row in another day's file is never replaced, and shows up on two days.",
        ),
    )
