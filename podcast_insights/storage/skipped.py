"""The table ``skipped``: what every stage did not process, and why, for as long as that is so."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from podcast_insights.skips import Skip, Stage
from podcast_insights.storage.warehouse import Warehouse


class SkippedRepository:
    """One file for each stage and day (or one for a stage without days), so that no two stages share a file."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Keep the records in ``warehouse``."""
        self._warehouse = warehouse

    def replace(
        self,
        stage: Stage,
        day: date | None,
        skips: Sequence[Skip],
        *,
        now: datetime,
        tried: Collection[str] | None = None,
    ) -> None:
        """Say what a stage skips now on a day: what was skipped before counts on, what is not in ``skips`` leaves.

        Where not everything was ``tried``, what was not keeps its count and its time.
        """
        partition = skipped_partition(stage, day)
        before = {row["subject_id"]: row for row in self._warehouse.read("skipped", partition)}
        rows = []
        for skip in skips:
            known = before.get(skip.subject_id)
            is_tried = tried is None or known is None or skip.subject_id in tried
            rows.append(_row(skip, _scope(day), known, now if is_tried else None))
        self._warehouse.write("skipped", partition, rows)

    def of(self, stage: Stage, day: date | None) -> list[dict[str, Any]]:
        """Return the rows of a stage on a day, or of a stage without days."""
        return self._warehouse.read("skipped", skipped_partition(stage, day))


def skipped_partition(stage: Stage, day: date | None) -> str:
    """Return the partition of a stage on a day, or of a stage without days."""
    return f"stage={stage}/scope={_scope(day)}"


def _scope(day: date | None) -> str:
    return day.isoformat() if day else "all"


def _row(skip: Skip, scope: str, before: dict[str, Any] | None, tried_at: datetime | None) -> dict[str, Any]:
    """Return the row of an item; without ``tried_at`` it was tried at no other time than ``before``."""
    return asdict(skip) | {
        "scope": scope,
        "attempts": (before["attempts"] if before else 0) + (tried_at is not None),
        "first_at": before["first_at"] if before else tried_at,
        "last_at": tried_at or (before and before["last_at"]),
    }
