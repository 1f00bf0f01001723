"""What checks found, kept as a table: a later run of the digest alone must know it, and people query it.

Dagster keeps check results too, but only within one instance; the digest must not depend on where its checks ran.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime

from podcast_insights.errors import QualityError
from podcast_insights.quality.quarantine import checked_partition, replace_quarantine
from podcast_insights.quality.run import RuleResult
from podcast_insights.storage.warehouse import Warehouse


def record_results(
    warehouse: Warehouse, table: str, day: date, results: Sequence[RuleResult], *, now: datetime
) -> None:
    """Replace what the last check of a table on a day found, and the rows that it put into quarantine."""
    # First the rows: who sees that a rule is broken must find them.
    replace_quarantine(warehouse, table, day, results, now=now)
    rows = [
        {
            "table_name": table,
            "checked_date": day,
            "rule": result.rule.name,
            "severity": result.severity,
            "passed": result.passed,
            "checked_rows": result.rows,
            "failed_rows": result.failed_rows,
            "observed": result.observed,
            "sample": json.dumps(result.sample, default=str, ensure_ascii=False),
            "checked_at": now,
        }
        for result in results
    ]
    warehouse.write("check_results", checked_partition(table, day), rows)


def blocking_failures(warehouse: Warehouse, tables: Collection[str], day: date) -> tuple[str, ...]:
    """Return one line for each blocking rule that the last checks of these tables on a day found broken."""
    return tuple(
        f"{table} on {day.isoformat()}: {row['rule']} fails for {row['failed_rows']} of {row['checked_rows']} rows"
        for table in sorted(tables)
        for row in warehouse.read("check_results", checked_partition(table, day))
        if row["severity"] == "error" and not row["passed"]
    )


def require_checked(warehouse: Warehouse, tables: Collection[str], day: date) -> None:
    """Raise where a blocking rule is broken.

    Raises:
        QualityError: With each broken rule.
    """
    failures = blocking_failures(warehouse, tables, day)
    if failures:
        raise QualityError(
            f"The digest of {day.isoformat()} is not built on data that breaks its rules. "
            f"{'; '.join(failures)}. Mend the data and materialize those tables and their checks again."
        )
