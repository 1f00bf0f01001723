"""The asset checks: one ``multi_asset_check`` for each table's suite, generated, so that none is forgotten.

A check of a day reads that day only; shows have no days, and are checked as a whole. Rules of severity ``error`` block
what is downstream in the same run; what they find is kept, so that a digest that is built alone later knows it, too.
"""

import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import dagster as dg

from podcast_insights.days import day_of
from podcast_insights.defs.failures import as_dagster_failure
from podcast_insights.defs.metadata import markdown_table
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import ClockResource, SettingsResource, StoreResource
from podcast_insights.defs.tables import asset_of_table
from podcast_insights.quality.rules import Rule, Suite
from podcast_insights.quality.suites import SUITES

if TYPE_CHECKING:
    from podcast_insights.quality.run import RuleResult

WHAT_HAPPENS = {
    "passed": "The rule holds.",
    "error": "What is downstream is not made for this day, and no digest of it is built.",
    "set_aside": "What these rows belong to is left out of what follows.",
    "warning": "Nothing stops; a person should look.",
}


def build_checks(days: dg.DailyPartitionsDefinition) -> list[dg.AssetChecksDefinition]:
    """Return the checks of every table that has a suite."""
    return [_check_of(suite, days) for suite in SUITES.values()]


def _check_of(suite: Suite, days: dg.DailyPartitionsDefinition) -> dg.AssetChecksDefinition:
    specs = [_spec(rule, days if suite.is_by_day else None) for rule in suite.rules]

    @dg.multi_asset_check(name=f"check_{suite.table}", specs=specs)
    def check(
        context: dg.AssetCheckExecutionContext, settings: SettingsResource, store: StoreResource, clock: ClockResource
    ) -> Iterable[dg.AssetCheckResult]:
        from podcast_insights.quality.record import record_results
        from podcast_insights.quality.run import check_table

        day = day_of_run(context) if suite.is_by_day else day_of(clock(), settings.digest.zone)
        with as_dagster_failure():
            results = check_table(store.warehouse, suite.table, day, digest=settings.digest)
            record_results(store.warehouse, suite.table, day, results, now=clock())
        yield from _as_asset_checks(results)

    return check


def _spec(rule: Rule, days: dg.DailyPartitionsDefinition | None) -> dg.AssetCheckSpec:
    with warnings.catch_warnings():
        # Partitioned checks are in preview; without them, a check of one day would say nothing of that day.
        warnings.simplefilter("ignore", category=dg.PreviewWarning)
        return dg.AssetCheckSpec(
            name=rule.name,
            asset=asset_of_table(rule.table),
            description=rule.reason,
            # A rule that sets aside stops a day only where its result says that too much would be left out.
            blocking=rule.severity != "warning",
            partitions_def=days,
        )


def _as_asset_checks(results: "Iterable[RuleResult]") -> Iterator[dg.AssetCheckResult]:
    for result in results:
        rule = result.rule
        yield dg.AssetCheckResult(
            asset_key=asset_of_table(rule.table),
            check_name=rule.name,
            passed=result.passed,
            severity=dg.AssetCheckSeverity.ERROR if result.severity == "error" else dg.AssetCheckSeverity.WARN,
            description=result.observed,
            metadata={
                "rows": result.rows,
                "failed_rows": result.failed_rows,
                "what_happens": WHAT_HAPPENS["passed" if result.passed else result.severity],
                "sample": markdown_table(result.sample),
                "rows_in_quarantine": len(result.broken),
            },
        )
