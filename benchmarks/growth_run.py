"""One more day in a store with history: ``python -m benchmarks.growth_run FOLDER DAYS``, in a process of its own.

A first day is made by the real stages, from feeds on loopback with publishers' transcripts; its files are written again
under the dates of all days before it, with ids and words of their own. Then the feeds publish a new day, and what each
stage of it takes is printed as JSON. A day in a store without history goes first, so that no import is counted.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.site_run import FIRST_DAY, store_digests
from podcast_insights.bundled import bundled_path
from podcast_insights.quality.record import record_results
from podcast_insights.quality.run import check_table
from podcast_insights.quality.suites import SUITES
from podcast_insights.settings import DigestSettings, Settings
from podcast_insights.storage.duckdb_file import build_duckdb_file
from podcast_insights.storage.model_runs import run_model
from podcast_insights.storage.sql_models import load_models
from podcast_insights.storage.store import Store
from podcast_insights_tests.crash.a_day import make_day
from podcast_insights_tests.integration.pipeline import at_noon, settings_for
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer

SHOWS = 20
A_DAY, PUBLISHED_A_DAY = 2 * SHOWS, 5
BY_DAY = (
    "episodes",
    "chapters",
    "publisher_transcripts",
    "audio_files",
    "transcripts",
    "segments",
    "insights",
    "llm_calls",
)
WORDS = (
    "teams plan queues machines waste people bursts load seventy percent waiting waits months measured idle short "
    "tree water summers roots city tender budget contractors street living years young sleep protein study memory "
    "battery price market contract energy grid winter heat pump bank rate risk paper children school river bridge"
).split()
IDS = ("episode_id", "insight_id", "guid", "source_fingerprint")
TEXTS = ("title", "text", "claim", "explanation", "quote", "context_before", "context_after")


def measure(folder: Path, days: int) -> dict[str, float]:
    """Return the CPU seconds of each part of a day after ``days`` others."""
    with PodcastServer().running() as server:
        last = FIRST_DAY + timedelta(days=days - 1)
        publish(server, [last])
        empty = _settings(server, folder / "empty")
        for day in (last, last + timedelta(days=1)):
            publish(server, [last, day])
            _day(empty, day)
        publish(server, [last])
        settings = _settings(server, folder / "store")
        _day(settings, last)
        store = Store(settings.storage.base_url)
        write_history(store, last, days)
        store_digests(store, first=0, last=days, a_day=PUBLISHED_A_DAY)
        _day(settings, last)
        publish(server, [last, last + timedelta(days=1)])
        return _day(settings, last + timedelta(days=1))


def publish(server: PodcastServer, days: list[date]) -> None:
    """Have every show publish two episodes on each of some days."""
    for show in range(SHOWS):
        items = []
        for day in days:
            for number in range(A_DAY // SHOWS):
                chance = random.Random(f"{show} {day} {number}")  # noqa: S311 - invented texts
                sentences = [f"{' '.join(chance.choices(WORDS, k=18)).capitalize()}." for _ in range(30)]
                cues = [
                    f"00:{at // 6:02d}:{at % 6 * 10:02d}.000 --> 00:{at // 6:02d}:{at % 6 * 10 + 9:02d}.000\n{text}\n"
                    for at, text in enumerate(sentences)
                ]
                path = f"/{show}/{day}/{number}.vtt"
                server.serves(path, "\n".join(["WEBVTT\n", *cues]).encode(), "text/vtt")
                title = f"show {show} on {day} part {number}"
                items.append(Item(title=title, published_at=at_noon(day), transcript=path, duration_s=300))
        server.publishes(f"Show {show}", items)


def write_history(store: Store, last: date, days: int) -> None:
    """Write the files of ``last`` again under the dates of the days before it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    warehouse = Path(str(store.warehouse.folder))
    models = {name: pq.ParquetFile(warehouse / name / f"date={last}" / "data.parquet").read() for name in BY_DAY}
    for past in range(1, days):
        for name, rows in models.items():
            target = warehouse / name / f"date={last - timedelta(days=past)}"
            target.mkdir()
            pq.write_table(_earlier(rows, past), target / "data.parquet")
    for path in warehouse.glob("feed_items/*/data.parquet"):
        rows = pq.ParquetFile(path).read()
        pq.write_table(pa.concat_tables([_earlier(rows, past) for past in range(days)]), path)


def _earlier(rows: Any, past: int) -> Any:
    import pyarrow as pa

    chance = random.Random(past)  # noqa: S311 - invented texts
    for position, field in enumerate(rows.schema):
        cells = rows.column(position).to_pylist()
        if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type):
            changed = [cell and cell - timedelta(days=past) for cell in cells]
        elif field.name in IDS:
            changed = [cell and f"{cell}x{past}" if past else cell for cell in cells]
        elif field.name in TEXTS and pa.types.is_string(field.type) and past:
            changed = [cell and " ".join(chance.choices(WORDS, k=len(cell.split()))) for cell in cells]
        else:
            continue
        rows = rows.set_column(position, field, pa.array(changed, field.type))
    return rows


def _settings(server: PodcastServer, base: Path) -> Settings:
    feeds = [f"{server.base_url}/feeds/show-{show}.xml" for show in range(SHOWS)]
    return settings_for(base, feeds, digest=DigestSettings(start_date=FIRST_DAY))


def _day(settings: Settings, day: date) -> dict[str, float]:
    """Make a day, check it and build the models; return the CPU seconds of each part."""
    took_s: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> None:
        started_s = time.process_time()
        work()
        took_s[name] = time.process_time() - started_s

    def around(stage: Any) -> None:
        timed(stage.args[0].op.name, stage)

    now = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC) + timedelta(hours=6, minutes=30)
    make_day(settings, day=day, now=now, around=around)
    store = Store(settings.storage.base_url)
    timed("checks", partial(_check, store, settings, day, now))
    models = load_models(bundled_path("dbt_like_sql"))
    timed("SQL models", lambda: [run_model(store.warehouse, model, models) for model in models.values()])
    timed("DuckDB file", lambda: build_duckdb_file(store.warehouse, models, store.duckdb_file))
    return took_s


def _check(store: Store, settings: Settings, day: date, now: datetime) -> None:
    for table in SUITES:
        results = check_table(store.warehouse, table, day, digest=settings.digest)
        record_results(store.warehouse, table, day, results, now=now)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
