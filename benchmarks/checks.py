"""What the checks of one day cost when it is the only one, and when three years and 109,600 episodes lie beside it.

The newest day is the same in both stores: 100 episodes of 100 shows with their transcripts, insights, digest and mails.
The days before it are written straight as Parquet, with the same rows under other dates and ids. The first check of
all is not compared: in it Great Expectations is imported, once in a process. Rounds on the two stores take turns, so
that the machine's other work meets both. The checks' share of a whole run is in the benchmark ``november``.
"""

import dataclasses
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks.results import Benchmark, Figure
from podcast_insights.quality.record import record_results
from podcast_insights.quality.run import check_table
from podcast_insights.quality.suites import SUITES
from podcast_insights.settings import DigestSettings
from podcast_insights.storage.store import Store
from podcast_insights_tests.quality.fakes import digest_of, insight_of, store_a_good_day, transcript_of
from podcast_insights_tests.storage.examples import DAY, NOW, a_show

DAYS = 1096
EPISODES = 100
ROUNDS = 5
MOST_GROWTH_RATIO = 1.5


def checks(days: int = DAYS, episodes: int = EPISODES, rounds: int = ROUNDS) -> Benchmark:
    """Measure all checks of a day in a store that has no other, and in one that has ``days``, in turns."""
    with tempfile.TemporaryDirectory() as temporary:
        young, old = Store(f"{temporary}/young"), Store(f"{temporary}/old")
        for store in (young, old):
            store_a_full_day(store, episodes)
        for past in range(1, days):
            copy_day(Path(temporary) / "old" / "warehouse", DAY - timedelta(days=past))
        keep_mails_of(old, days)
        first_s = check_day(young, DAY)
        check_day(old, DAY)
        young_s, old_s = [], []
        for _ in range(rounds):
            young_s.append(check_day(young, DAY))
            old_s.append(check_day(old, DAY))
    return Benchmark(
        name="checks",
        figures=(
            Figure(name="CPU of the first check of a process, with imports", value=first_s, unit="s"),
            Figure(name="CPU of all checks of day 1", value=median(young_s), unit="s"),
            Figure(name=f"CPU of all checks of day {days:,}", value=median(old_s), unit="s"),
            Figure(name="ratio", value=median(old_s) / median(young_s), unit="", at_most=MOST_GROWTH_RATIO),
        ),
        details={
            "young_s": young_s,
            "old_s": old_s,
            "episodes": days * episodes,
            "rules": sum(len(suite.rules) for suite in SUITES.values()),
        },
    )


def check_day(store: Store, day: date) -> float:
    """Check and record every table of a day; return the CPU seconds that it took."""
    began_s = time.process_time()
    for table in SUITES:
        results = check_table(store.warehouse, table, day, digest=DigestSettings())
        record_results(store.warehouse, table, day, results, now=NOW)
    return time.process_time() - began_s


def store_a_full_day(store: Store, episodes: int) -> None:
    """Fill the store with a day of so many processed episodes, each of a show of its own, that keeps every rule."""
    store_a_good_day(store)
    decided, audio = store.episodes.of_day(DAY)[0], store.audio_files.of_day(DAY)[0]
    names = [(f"episode{number}", f"show{number}") for number in range(episodes)]
    of_names = [{"episode_id": episode_id, "show_id": show_id} for episode_id, show_id in names]
    store.episodes.replace_day(
        DAY, [dataclasses.replace(decided, episode=dataclasses.replace(decided.episode, **one)) for one in of_names]
    )
    store.skipped.replace("episodes", DAY, [], now=NOW)
    store.audio_files.replace_day(DAY, [dataclasses.replace(audio, **one) for one in of_names])
    store.transcripts.replace_day(DAY, [transcript_of(*name) for name in names])
    insights = [insight_of(f"insight of {episode_id}", episode_id, show_id) for episode_id, show_id in names]
    store.insights.replace_day(DAY, insights)
    store.digests.replace(digest_of(DAY, insights[:5]))
    for _, show_id in names:
        store.catalog.save(a_show(show_id, language="en-GB", last_polled_at=NOW), [])


def copy_day(warehouse: Path, day: date) -> None:
    """Write the newest day's files again under another date, with that date in their rows and in their ids."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    for path in sorted(warehouse.glob(f"*/date={DAY}/*.parquet")):
        rows = pq.ParquetFile(path).read()
        for position, field in enumerate(rows.schema):
            if field.name in ("episode_date", "digest_date"):
                rows = rows.set_column(position, field, pa.array([day] * len(rows), pa.date32()))
            elif field.name in ("episode_id", "insight_id"):
                ids = pc.binary_join_element_wise(rows.column(position), f"of {day}", " ")
                rows = rows.set_column(position, field, ids)
        copy = path.parents[1] / f"date={day}" / path.name
        copy.parent.mkdir(exist_ok=True)
        pq.write_table(rows, copy)


def keep_mails_of(store: Store, days: int) -> None:
    """Give the outbox, which is one file, the mails of as many days."""
    rows = store.warehouse.read("outbox", "")
    older = [row | {"edition_date": DAY - timedelta(days=past)} for past in range(1, days) for row in rows]
    store.warehouse.write("outbox", "", [*older, *rows])
