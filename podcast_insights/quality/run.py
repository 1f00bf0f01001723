"""Runs the rules of a table on a day with Great Expectations: the only module that knows it.

Great Expectations takes seconds to import, so that happens on the first check of a process, and each suite is built
once. It runs in memory: no project folder, no network, no progress bars. What a result means for a run (stop, or tell a
person) is decided by who asked.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from podcast_insights.errors import QualityError
from podcast_insights.quality.batches import batch_of
from podcast_insights.quality.rules import USUAL, Rule, Severity, Suite
from podcast_insights.quality.suites import SUITES
from podcast_insights.quality.usual import MEASURES, compared
from podcast_insights.settings import DigestSettings
from podcast_insights.storage.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_ROWS = 5
# Where more than this of at least so many items breaks one rule, it is the stage that is wrong, not the items.
MOST_SET_ASIDE_RATIO = 0.5
FEWEST_ITEMS = 5
# The expectations that look at each row alone or at rows among each other, by the beginning of their names.
ABOUT_ROWS = ("expect_column_values_", "expect_column_pair_values_", "expect_compound_columns_")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What a rule found on a day.

    ``rows`` were looked at, ``failed_rows`` break the rule; ``broken`` holds the key, what it is recognised by and the
    columns in question of each of these, and ``observed`` says it in a few words. ``severity`` is that of the rule, or
    ``error`` where too much would have to be set aside.
    """

    rule: Rule
    passed: bool
    rows: int
    failed_rows: int
    broken: tuple[Mapping[str, Any], ...]
    observed: str
    severity: Severity

    @property
    def sample(self) -> tuple[Mapping[str, Any], ...]:
        """Some of the rows that break the rule."""
        return self.broken[:SAMPLE_ROWS]


def check_table(warehouse: Warehouse, table: str, day: date, *, digest: DigestSettings) -> tuple[RuleResult, ...]:
    """Return what each rule of a table finds on a day, in the order of the suite.

    Raises:
        QualityError: A rule could not be evaluated at all.
    """
    frame = batch_of(warehouse, table, day, digest=digest)
    suite = SUITES[table]
    batch, prepared = _prepared(table)
    asked = {
        rule.name for rule in suite.rules if rule.expectation.type != USUAL and (len(frame) or not _is_about_rows(rule))
    }
    expectations = [expectation for expectation in prepared if expectation.meta["rule"] in asked]
    verdicts = _validated(batch, expectations, frame, {"result_format": "BOOLEAN_ONLY"})
    # Which rows break a rule costs as much again to find out, so only rules that are broken are asked.
    broken = [expectation for expectation in expectations if not verdicts[expectation.meta["rule"]].success]
    details = _validated(batch, broken, frame, _in_detail(suite)) if broken else {}
    found = verdicts | details
    results = []
    for rule in suite.rules:
        if rule.expectation.type == USUAL:
            results.append(_compared(warehouse, rule, day, rows=len(frame)))
        elif rule.name in asked:
            results.append(_result(rule, found[rule.name], rows=len(frame), day=day))
        else:
            results.append(_nothing_to_ask(rule))
    items = int(frame[suite.item].nunique()) if suite.item and broken else 0
    return tuple(replace(one, severity=effective_severity(one, suite, items=items)) for one in results)


def effective_severity(result: RuleResult, suite: Suite, *, items: int) -> Severity:
    """Return how severe it is that a rule of severity ``set_aside`` is broken: an error where that is no exception.

    Args:
        result: What the rule found.
        suite: The suite of its table.
        items: How many items (insights, or episodes) the table's day has.
    """
    if result.rule.severity != "set_aside" or result.passed or suite.item is None:
        return result.rule.severity
    bad = {row.get(suite.item) for row in result.broken}
    is_of_the_stage = items >= FEWEST_ITEMS and len(bad) > MOST_SET_ASIDE_RATIO * items
    return "error" if is_of_the_stage or None in bad else "set_aside"


def _compared(warehouse: Warehouse, rule: Rule, day: date, *, rows: int) -> RuleResult:
    """Return what a rule on what is usual finds; it concerns the day, and no row of it."""
    passed, observed = compared(warehouse, MEASURES[rule.expectation.arguments["measure"]], day)
    return RuleResult(
        rule=rule, passed=passed, rows=rows, failed_rows=0, broken=(), observed=observed, severity=rule.severity
    )


def _is_about_rows(rule: Rule) -> bool:
    return rule.expectation.type.startswith(ABOUT_ROWS)


def _nothing_to_ask(rule: Rule) -> RuleResult:
    """Return that a rule about rows holds where there are none, as every expectation says, at 20 ms each."""
    return RuleResult(
        rule=rule, passed=True, rows=0, failed_rows=0, broken=(), observed="no rows", severity=rule.severity
    )


def _in_detail(suite: Suite) -> dict[str, Any]:
    return {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": [*suite.key, *suite.recognised_by],
        "return_unexpected_index_query": False,
    }


def _validated(
    batch: Any, expectations: Sequence[Any], frame: "pd.DataFrame", result_format: dict[str, Any]
) -> dict[str, Any]:
    """Return the result of each expectation by the name of its rule; they come back in another order."""
    import great_expectations as gx

    suite = gx.ExpectationSuite(name="rules", expectations=list(expectations))
    validation = batch.get_batch({"dataframe": frame}).validate(suite, result_format=result_format)
    return {result.expectation_config.meta["rule"]: result for result in validation.results}


@cache
def _context() -> Any:
    # While it is imported, Great Expectations uses modules that Python has deprecated; nobody here can help that.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


@cache
def _prepared(table: str) -> tuple[Any, tuple[Any, ...]]:
    """Return the batch definition and the expectations of a table, as Great Expectations knows them."""
    context = _context()
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    definition = (
        context.data_sources.add_pandas(table).add_dataframe_asset(table).add_batch_definition_whole_dataframe("day")
    )
    expectations = tuple(
        ExpectationConfiguration(
            type=rule.expectation.type, kwargs=dict(rule.expectation.arguments), meta={"rule": rule.name}
        ).to_domain_obj()
        for rule in SUITES[table].rules
        if rule.expectation.type != USUAL
    )
    return definition, expectations


def _result(rule: Rule, result: Any, *, rows: int, day: date) -> RuleResult:
    counted = "unexpected_count" in result.result
    if not result.success and not counted and rule.expectation.type != "expect_column_to_exist":
        raise QualityError(
            f"the rule {rule.name} could not be evaluated on {rule.table} of {day}: {result.exception_info}"
        )
    failed_rows = int(result.result.get("unexpected_count", 0))
    broken = result.result.get("unexpected_index_list") or []
    suite = SUITES[rule.table]
    return RuleResult(
        rule=rule,
        passed=bool(result.success),
        rows=rows,
        failed_rows=failed_rows,
        broken=tuple(_plain(row, first=(*suite.key, *suite.recognised_by)) for row in broken),
        severity=rule.severity,
        observed=_observed(passed=bool(result.success), counted=counted, failed_rows=failed_rows, rows=rows, day=day),
    )


def _observed(*, passed: bool, counted: bool, failed_rows: int, rows: int, day: date) -> str:
    if passed:
        return f"all {rows} rows" if rows else "no rows"
    return f"{failed_rows} of {rows} rows" if counted else f"no file of {day} can be read"


def _plain(row: Mapping[str, Any], *, first: tuple[str, ...]) -> dict[str, Any]:
    """Return a row of plain Python values, first what says which one it is."""
    names = [*first, *sorted(name for name in row if name not in first)]
    values = {name: row[name] for name in names if name in row}
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and math.isnan(plain) else plain
