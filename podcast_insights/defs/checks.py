"""The asset checks: one ``multi_asset_check`` for each table's suite, generated, so that none is forgotten.

A table has one check for what its rules lead to: what stops the day, what is set aside, what a person should look at.
The check's result lists its rules one by one. A check for each rule would say no more, and cost five times as much:
Dagster writes three events for each, about 13 ms of CPU apiece, and there are some hundred rules for every day.

A check of a day reads that day only; shows have no days, and are checked as a whole. Rules of severity ``error`` block
what is downstream in the same run; what they find is kept, so that a digest that is built alone later knows it, too.
"""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg

from podcast_insights.days import day_of
from podcast_insights.defs.failures import as_dagster_failure
from podcast_insights.defs.metadata import markdown_table
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import ClockResource, SettingsResource, StoreResource
from podcast_insights.defs.tables import asset_of_table
from podcast_insights.quality.rules import Rule, Severity, Suite
from podcast_insights.quality.suites import SUITES
from podcast_insights.web.redact import mask_mail

if TYPE_CHECKING:
    from podcast_insights.quality.run import RuleResult
    from podcast_insights.storage.warehouse import Row

# What a check is called after its table: the sentence that is true where it passes.
SENTENCES: dict[Severity, str] = {
    "error": "no_errors",
    "set_aside": "nothing_to_set_aside",
    "warning": "no_warnings",
}
WHAT_HAPPENS = {
    "error": "What is downstream is not made for this day, and no digest of it is built.",
    "set_aside": "What these rows belong to is left out of what follows.",
    "warning": "Nothing stops; a person should look.",
}
WHAT_TO_DO = {
    "error": "{rows} has every row. Mend what made them, then materialize {asset} of this day with its checks, and "
    "after it daily_digest.",
    "set_aside": "Nothing, if you can do without them. Else {rows} has every row: mend what made them, then "
    "materialize {asset} of this day with its checks.",
    "warning": "{rows} has every row. Often the source is odd, and nothing is to be done.",
}


def build_checks(days: dg.DailyPartitionsDefinition) -> list[dg.AssetChecksDefinition]:
    """Return the checks of every table that has a suite."""
    return [_check_of(suite, days) for suite in SUITES.values()]


def check_name(table: str, severity: Severity) -> str:
    """Return the name of the check that holds a table's rules of one severity."""
    return f"{table}_{SENTENCES[severity]}"


def _check_of(suite: Suite, days: dg.DailyPartitionsDefinition) -> dg.AssetChecksDefinition:
    severities = [severity for severity in SENTENCES if _rules_of(suite, severity)]
    specs = [_spec(suite, severity, days if suite.is_by_day else None) for severity in severities]

    @dg.multi_asset_check(name=f"check_{suite.table}", specs=specs)
    def check(
        context: dg.AssetCheckExecutionContext, settings: SettingsResource, store: StoreResource, clock: ClockResource
    ) -> Iterable[dg.AssetCheckResult]:
        from podcast_insights.data_docs.write import page_of, write_docs
        from podcast_insights.quality.record import record_results
        from podcast_insights.quality.run import check_table

        day = day_of_run(context) if suite.is_by_day else day_of(clock(), settings.digest.zone)
        with as_dagster_failure():
            results = check_table(store.warehouse, suite.table, day, digest=settings.digest)
            record_results(store.warehouse, suite.table, day, results, now=clock())
            page = page_of(store.data_docs, suite.table, day)
            # On a good day the asset data_docs makes the pages once. Where a check stops the day it is not made; where
            # a page is there, it may tell of what is mended now.
            if any(not result.passed for result in results) or page.exists():
                write_docs(store.warehouse, store.data_docs, day)
        yield from _as_asset_checks(suite, severities, results, day, page=str(page))

    return check


def _rules_of(suite: Suite, severity: Severity) -> list[Rule]:
    return [rule for rule in suite.rules if rule.severity == severity]


def _spec(suite: Suite, severity: Severity, days: dg.DailyPartitionsDefinition | None) -> dg.AssetCheckSpec:
    rules = "\n".join(f"* `{rule.name}`: {rule.reason}" for rule in _rules_of(suite, severity))
    with warnings.catch_warnings():
        # Partitioned checks are in preview; without them, a check of one day would say nothing of that day.
        warnings.simplefilter("ignore", category=dg.PreviewWarning)
        return dg.AssetCheckSpec(
            name=check_name(suite.table, severity),
            asset=asset_of_table(suite.table),
            description=f"Where a rule is broken: {WHAT_HAPPENS[severity]}\n\n{rules}",
            # A rule that sets aside stops a day only where its result says that too much would be left out.
            blocking=severity != "warning",
            partitions_def=days,
        )


def _as_asset_checks(
    suite: Suite, severities: Sequence[Severity], results: "Sequence[RuleResult]", day: date, *, page: str
) -> Iterator[dg.AssetCheckResult]:
    for severity in severities:
        asked = [result for result in results if result.rule.severity == severity]
        broken = [result for result in asked if not result.passed]
        is_error = severity == "error" or any(result.severity == "error" for result in broken)
        yield dg.AssetCheckResult(
            asset_key=asset_of_table(suite.table),
            check_name=check_name(suite.table, severity),
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
            description="; ".join(f"{result.rule.name}: {result.observed}" for result in broken)
            or f"all {len(asked)} rules hold",
            metadata=_metadata(asked, broken)
            | _consequence(suite, "error" if is_error else severity, day, is_broken=bool(broken))
            | {"data_docs": dg.MetadataValue.path(page)},
        )


def _metadata(
    asked: "Sequence[RuleResult]", broken: "Sequence[RuleResult]"
) -> dict[str, int | str | dg.MarkdownMetadataValue]:
    samples = {f"sample: {result.rule.name}": _shown(result.sample) for result in broken if result.sample}
    return {
        "rows": max(result.rows for result in asked),
        "failed_rows": sum(result.failed_rows for result in broken),
        "rows_in_quarantine": sum(len(result.broken) for result in broken),
        **samples,
        "rules": markdown_table([_line_of(result) for result in asked], limit=len(asked)),
    }


def _shown(sample: "Sequence[Row]") -> dg.MarkdownMetadataValue:
    """Return rows that break a rule; whoever may look at the UI need not know who gets mail."""
    return markdown_table(
        [{name: mask_mail(cell) if isinstance(cell, str) else cell for name, cell in row.items()} for row in sample]
    )


def _consequence(suite: Suite, severity: Severity, day: date, *, is_broken: bool) -> dict[str, str]:
    """Return what a result leads to and, where rules are broken, what a person can do."""
    if not is_broken:
        return {"what_happens": "Every rule holds."}
    asset = asset_of_table(suite.table).to_user_string()
    what_to_do = WHAT_TO_DO[severity].format(rows=f"podcast-insights sql stg_quarantine --date {day}", asset=asset)
    return {"what_happens": WHAT_HAPPENS[severity], "what_to_do": what_to_do}


def _line_of(result: "RuleResult") -> dict[str, str]:
    return {
        "": "✓" if result.passed else "✗",
        "rule": result.rule.name.replace("_", " "),
        "found": result.observed,
        "why it matters": result.rule.reason,
    }
