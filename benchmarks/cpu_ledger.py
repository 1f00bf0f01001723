"""Runs a command of ours and books its CPU seconds: what our own work took, and what importing modules took.

``python -m benchmarks.cpu_ledger LEDGER.json backfill 2024-11-04 2024-11-28`` runs that command in this process. Our
own work is what assets call: the entry points below, from the outermost call to its return, in all threads. Modules
that are imported in between are booked as imports, not as work. What is in neither book is Dagster, the interpreter
and the command line; who runs this process knows its total and subtracts.
"""

import builtins
import functools
import importlib
import inspect
import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Functions and classes (all their public methods) by what they are for.
ENTRY_POINTS = {
    "feeds": ("feeds.poll.poll_feeds",),
    "episodes": ("feeds.decide.decide_episodes",),
    "publisher transcripts": ("transcripts.published.fetch_published",),
    "audio": ("audio.fetch.fetch_audio",),
    "transcripts": ("transcripts.make.make_transcripts",),
    "insights": ("insights.make.make_insights",),
    "digest": ("digest.candidates.candidates_of", "digest.build.build_digest", "digest.relate.related_insights"),
    "pages": ("delivery.contents.contents_of", "delivery.site.site_files", "delivery.publish.publish"),
    "mail": ("delivery.outbox.deliver",),
    "checks": ("quality.run.check_table", "quality.record.record_results", "quality.record.blocking_failures"),
    "SQL models": ("storage.model_runs.run_models", "storage.duckdb_file.build_duckdb_file"),
    "tables and artifacts": (
        "storage.artifacts.Artifacts",
        "storage.by_day.DayRepository",
        "storage.catalog.CatalogRepository",
        "storage.digests.DigestsRepository",
        "storage.digests.RelatedInsightsRepository",
        "storage.outbox.OutboxRepository",
        "storage.publisher_transcripts.PublisherTranscriptsRepository",
        "storage.skipped.SkippedRepository",
        "storage.transcripts.TranscriptsRepository",
    ),
}


class CpuLedger:
    """Two books: CPU seconds of our own work by what it is for, and CPU seconds of imports."""

    def __init__(self) -> None:
        """Open empty books."""
        self.work_s: defaultdict[str, float] = defaultdict(float)
        self.imports_s = 0.0
        self._is_working = False
        self._importing = threading.local()
        self._lock = threading.Lock()

    def working(self, account: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``function`` with its CPU time booked, unless it is called within other work."""

        @functools.wraps(function)
        def booked(*args: Any, **kwargs: Any) -> Any:
            if self._is_working:
                return function(*args, **kwargs)
            self._is_working = True
            imports_s, started_s = self.imports_s, time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                used_s = time.process_time() - started_s
                self.work_s[account] += used_s - (self.imports_s - imports_s)
                self._is_working = False

        return booked

    def importing(self, load: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``load`` (``builtins.__import__``) with the CPU time of modules that are not loaded yet booked."""

        @functools.wraps(load)
        def booked(
            name: str, scope: Any = None, inner: Any = None, fromlist: tuple[str, ...] | None = (), level: int = 0
        ) -> Any:
            is_within = getattr(self._importing, "is_within", False)
            if is_within or (level == 0 and _is_loaded(name, fromlist or ())):
                return load(name, scope, inner, fromlist, level)
            self._importing.is_within = True
            started_s = time.thread_time()
            try:
                return load(name, scope, inner, fromlist, level)
            finally:
                self._importing.is_within = False
                with self._lock:
                    self.imports_s += time.thread_time() - started_s

        return booked

    def watch_imports(self) -> None:
        """Book imports from now on."""
        builtins.__import__ = self.importing(builtins.__import__)

    def watch_work(self) -> None:
        """Book the entry points from now on; to be called before anybody imports one of them by name."""
        for account, names in ENTRY_POINTS.items():
            for name in names:
                self._watch(account, *find_entry_point(name))

    def as_json(self) -> str:
        """Return both books."""
        return json.dumps({"work_s": dict(self.work_s), "imports_s": self.imports_s})

    def _watch(self, account: str, holder: Any, name: str) -> None:
        found = getattr(holder, name)
        if not inspect.isclass(found):
            setattr(holder, name, self.working(account, found))
            return
        for method, function in inspect.getmembers(found, inspect.isfunction):
            if not method.startswith("_"):
                setattr(found, method, self.working(account, function))


def find_entry_point(name: str) -> tuple[Any, str]:
    """Return the module of an entry point, and its name there."""
    module, _, attribute = name.rpartition(".")
    return importlib.import_module(f"podcast_insights.{module}"), attribute


def _is_loaded(name: str, names_from_it: tuple[str, ...]) -> bool:
    module = sys.modules.get(name)
    return module is not None and all(hasattr(module, one) for one in names_from_it)


def main() -> None:
    """Run the command that the arguments say, and write the books to the file that the first one names."""
    _, path, *arguments = sys.argv
    ledger = CpuLedger()
    ledger.watch_imports()
    ledger.watch_work()
    from podcast_insights.cli import main as command_line

    sys.argv = ["podcast-insights", *arguments]
    try:
        command_line()
    finally:
        Path(path).write_text(ledger.as_json(), encoding="utf-8")


if __name__ == "__main__":
    main()
