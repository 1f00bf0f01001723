"""The Dagster instance that records runs of this process, without what such runs do not need.

What is recorded is the same, in the same files, and the UI shows it. Two things are left out, which together took
almost half of a backfill's CPU time (docs/performance.md): Dagster's event log in SQLite opens a connection, and
compiles its statements anew, about six times for each event; and the output of each run is copied into files by four
processes, although it is on the console. An instance that its ``dagster.yaml`` keeps elsewhere stays as it says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy
from dagster._core.instance import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from sqlalchemy.pool import StaticPool

BUSY_TIMEOUT_S = 60


class KeptOpenEventLog(SqliteEventLogStorage):
    """Dagster's own event log, with one connection for the index and one for the run in hand, kept open.

    ``_connect`` is where Dagster opens one for each use. Should it call that otherwise one day, this costs time, not
    events.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        """Keep events in the files of ``base_dir``, as Dagster does."""
        self._engines: dict[str, sqlalchemy.Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    def has_table(self, table_name: str) -> bool:
        """Return whether a table is there; it does not go away again."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close the connections."""
        super().dispose()
        self._close_all_but()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            if shard not in self._engines:
                self._close_all_but(INDEX_SHARD_NAME)
                self._engines[shard] = self._opened(shard)
            with self._engines[shard].connect() as connection, connection.begin():
                yield connection

    def _opened(self, shard: str) -> sqlalchemy.Engine:
        engine = sqlalchemy.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            # The lock keeps threads apart.
            connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        )
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def _close_all_but(self, *kept: str) -> None:
        for shard in self._engines.keys() - set(kept):
            self._engines.pop(shard).dispose()


def open_instance(home: Path) -> dg.DagsterInstance:
    """Return the instance of the folder ``home``; to be disposed of."""
    configured, defaults = InstanceRef.from_dir(str(home)), InstanceRef.config_defaults(str(home))
    overrides: dict[str, Any] = {}
    if configured.storage_data == defaults["storage"]:
        events = defaults["event_log_storage"]
        assert events is not None
        overrides["event_log_storage"] = {
            "module": __name__,
            "class": KeptOpenEventLog.__name__,
            "config": events.config_dict,
        }
    if configured.compute_logs_data == defaults["compute_logs"]:
        overrides["compute_logs"] = {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        }
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=overrides))
