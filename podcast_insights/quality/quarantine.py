"""The quarantine: the rows that broke a rule, for people to query, and what is left out because of them.

A table's rows are replaced when it is checked again, so that mended data leaves. Rows of rules of severity
``set_aside`` name an item, an insight or an episode, which later stages leave out; the others only say what is wrong.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime

from podcast_insights.quality.run import RuleResult
from podcast_insights.quality.suites import SUITES
from podcast_insights.skips import Skip
from podcast_insights.storage.warehouse import Row, Warehouse

# What a bad row of these takes with it is its episode.
OF_EPISODES = ("transcripts", "segments")
OF_INSIGHTS = ("insights",)


def replace_quarantine(
    warehouse: Warehouse, table: str, day: date, results: Sequence[RuleResult], *, now: datetime
) -> None:
    """Replace the rows of a table's day that are in quarantine by those that break a rule now."""
    partition = checked_partition(table, day)
    rows = [row for result in results for row in _rows(result, day, now)]
    if rows:
        warehouse.write("quarantine", partition, rows)
    else:
        warehouse.delete("quarantine", partition)


def set_aside(warehouse: Warehouse, tables: Collection[str], day: date) -> dict[str, str]:
    """Return the items of these tables on a day that later stages leave out, each with the first rule it breaks."""
    found: dict[str, str] = {}
    for table in tables:
        for row in warehouse.read("quarantine", checked_partition(table, day)):
            if row["severity"] == "set_aside":
                found.setdefault(row["item_id"], row["rule"])
    return found


def skip_set_aside(episodes: Sequence[tuple[str, str]], broken: dict[str, str]) -> tuple[Skip, ...]:
    """Return the records of the episodes, as (episode, show), whose transcript is left out."""
    return tuple(
        Skip(
            stage="insights",
            show_id=show_id,
            subject_id=episode_id,
            reason="quality",
            message=f"Its transcript breaks the rule {broken[episode_id]}; stg_quarantine has the rows.",
            retryable=True,
        )
        for episode_id, show_id in episodes
        if episode_id in broken
    )


def checked_partition(table: str, day: date) -> str:
    """Return the partition of what the last check of a table on a day found."""
    # What is checked whole has one last check, whatever the day.
    return f"table={table}/date={day.isoformat()}" if SUITES[table].is_by_day else f"table={table}"


def _rows(result: RuleResult, day: date, now: datetime) -> list[Row]:
    suite = SUITES[result.rule.table]
    counted: Counter[str] = Counter()
    rows: dict[str, Row] = {}
    for broken in result.broken:
        key = _json({name: broken.get(name) for name in suite.key})
        counted[key] += 1
        rows[key] = {
            "table_name": suite.table,
            "checked_date": day,
            "rule": result.rule.name,
            "severity": result.severity,
            "row_key": key,
            "item_id": broken.get(suite.item) if suite.item else None,
            "row_values": _json({name: value for name, value in broken.items() if name not in suite.key}),
            "reason": result.rule.reason,
            "quarantined_at": now,
        }
    # Rows with the same key, as those that are there twice, are one row here.
    return [{**row, "row_count": counted[key]} for key, row in rows.items()]


def _json(values: Row) -> str:
    return json.dumps(values, default=str, ensure_ascii=False)
