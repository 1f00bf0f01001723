"""How a table's suite is put together, with the rules that hold for every table with a file for each day.

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


def suite_of(name: str, *rules: Sentence, key: tuple[str, ...] = ()) -> Suite:
    """Return the suite of a table: the rules that hold for all tables, then its own."""
    key = key or table(name).key
    own = (*_common(name), *rules)
    return Suite(
        table=name,
        key=key,
        rules=tuple(
            Rule(name=sentence, table=name, severity=severity, expectation=expectation, reason=reason)
            for sentence, severity, expectation, reason in own
        ),
    )


def _common(name: str) -> tuple[Sentence, ...]:
    return (
        (
            f"{name}_of_the_day_are_written",
            "error",
            has_column("is_written"),
            "A day whose file is missing or damaged is not a day on which nothing happened.",
        ),
        (
            f"{name}_have_required_values",
            "error",
            is_one_of("missing_values", ""),
            "Later stages take these columns for granted.",
        ),
        (
            f"{name}_have_unique_ids",
            "error",
            is_unique(*table(name).key),
            "A row that is there twice is counted, worked on and sent twice.",
        ),
        (
            f"{name}_belong_to_the_day",
            "error",
            is_equal("row_date", "day"),
            "A row in another day's file is never replaced, and shows up on two days.",
        ),
    )
