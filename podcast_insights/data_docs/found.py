"""Reads what the last checks found from ``check_results``, with the words of the rules as they are today."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from podcast_insights.data_docs.values import VERDICTS, RuleFound, TableFound
from podcast_insights.quality.quarantine import checked_partition
from podcast_insights.quality.rules import USUAL, Rule
from podcast_insights.quality.suites import SUITES
from podcast_insights.storage.warehouse import Row, Warehouse

RULES: Mapping[str, Rule] = {rule.name: rule for suite in SUITES.values() for rule in suite.rules}
BY_DAY = tuple(name for name, suite in SUITES.items() if suite.is_by_day)
CHECKED_WHOLE = tuple(name for name, suite in SUITES.items() if not suite.is_by_day)


def table_found(warehouse: Warehouse, table: str, day: date) -> TableFound | None:
    """Return what the last check of a table on a day found, or None where it was not checked."""
    rows = warehouse.read("check_results", checked_partition(table, day))
    if not rows:
        return None
    rules = [_rule_found(row) for row in rows]
    return TableFound(
        table=table,
        day=rows[0]["checked_date"],
        checked_at=max(row["checked_at"] for row in rows),
        checked_rows=max(row["checked_rows"] for row in rows),
        rules=tuple(sorted(rules, key=lambda rule: VERDICTS.index(rule.verdict))),
    )


def day_found(warehouse: Warehouse, day: date) -> tuple[TableFound, ...]:
    """Return what the last checks of a day found, in the order in which the tables are made."""
    found = (table_found(warehouse, table, day) for table in BY_DAY)
    return tuple(one for one in found if one is not None)


def whole_found(warehouse: Warehouse) -> tuple[TableFound, ...]:
    """Return what the last checks of the tables without days found, on whatever day that was."""
    found = (table_found(warehouse, table, date.min) for table in CHECKED_WHOLE)
    return tuple(one for one in found if one is not None)


def _rule_found(row: Row) -> RuleFound:
    rule = RULES.get(row["rule"])
    return RuleFound(
        name=row["rule"],
        severity=row["severity"],
        passed=row["passed"],
        observed=row["observed"],
        expectation=_in_words(rule) if rule else "",
        reason=rule.reason if rule else "",
        sample=_sample(row["sample"]),
    )


def _in_words(rule: Rule) -> str:
    """Return the expectation as Great Expectations calls it, with its arguments."""
    if rule.expectation.type == USUAL:
        return f"{rule.expectation.arguments['measure']} as in the days before"
    given = ", ".join(f"{name}={value!r}" for name, value in rule.expectation.arguments.items() if value is not None)
    return f"{rule.expectation.type}({given})"


def _sample(text: str) -> tuple[Mapping[str, Any], ...]:
    """Return the sample's rows; a store that was written to by hand may hold anything."""
    try:
        rows = json.loads(text)
    except ValueError:
        return ()
    return tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
