"""The rows of every table, without what a second run is allowed to change: when it looked, and how often."""

from collections.abc import Mapping, Sequence
from typing import Any

from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.store import Store

Rows = Sequence[tuple[Any, ...]]

# The history of polls is meant to grow.
GROWS = {"feed_polls"}
CHANGES_WITH_EACH_RUN = {
    "shows": {"last_polled_at", "next_poll_at", "failures_in_a_row"},
    "skipped": {"attempts", "last_at"},
    "check_results": {"checked_at"},
}
# When it was done differs between two runs that did the same apart from each other.
SAYS_WHEN = {
    "shows": {"last_changed_at", "items_fingerprint"},
    "feed_items": {"first_seen_at"},
    "episodes": {"first_seen_at"},
    "audio_files": {"downloaded_at"},
    "transcripts": {"made_at", "real_time_factor"},
    "llm_calls": {"called_at"},
    "digests": {"built_at"},
    "outbox": {"planned_at", "changed_at"},
    "skipped": {"first_at"},
}


def lasting_rows(store: Store) -> Mapping[str, Rows]:
    """Return the rows of each table that a second run must leave as they are."""
    return _rows(store, CHANGES_WITH_EACH_RUN)


def timeless_rows(store: Store) -> Mapping[str, Rows]:
    """Return the rows of each table as any run of the same days makes them, whenever it does."""
    names = CHANGES_WITH_EACH_RUN.keys() | SAYS_WHEN.keys()
    return _rows(store, {name: CHANGES_WITH_EACH_RUN.get(name, set()) | SAYS_WHEN.get(name, set()) for name in names})


def query(store: Store, sql: str, *tables: str) -> Rows:
    """Return what a query over some tables finds."""
    with store.warehouse.connect(tables) as connection:
        return connection.execute(sql).fetchall()


def _rows(store: Store, left_out: Mapping[str, set[str]]) -> Mapping[str, Rows]:
    found = {}
    for table in TABLES:
        if table.name not in GROWS:
            columns = [name for name in table.column_names if name not in left_out.get(table.name, ())]
            listed = ", ".join(f'"{name}"' for name in columns)
            found[table.name] = query(store, f"SELECT {listed} FROM {table.name} ORDER BY ALL", table.name)
    return found
