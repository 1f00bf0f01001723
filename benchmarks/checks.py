"""What the checks of one day cost, and whether that grows with history: day 1 beside day 1,000 of one warehouse.

Every day is the same day under another date, so what differs is only how much lies beside it. The first round of all
is not counted: in it Great Expectations is imported. Rounds on the two days take turns, so that the machine's other
work meets both.
"""

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
from podcast_insights_tests.quality.fakes import store_a_good_day
from podcast_insights_tests.storage.examples import DAY, NOW

DAYS = 1000
ROUNDS = 5
MOST_GROWTH_RATIO = 1.5


def checks(days: int = DAYS, rounds: int = ROUNDS) -> Benchmark:
    """Measure all checks of the first and of the last day, in turns."""
    with tempfile.TemporaryDirectory() as temporary:
        store = Store(temporary)
        store_a_good_day(store)
        first = DAY - timedelta(days=days - 1)
        for past in range(1, days):
            copy_day(Path(temporary) / "warehouse", DAY - timedelta(days=past))
        check_day(store, DAY)
        first_s, last_s = [], []
        for _ in range(rounds):
            first_s.append(check_day(store, first))
            last_s.append(check_day(store, DAY))
    return Benchmark(
        name="checks",
        figures=(
            Figure(name="CPU of all checks of day 1", value=median(first_s), unit="s"),
            Figure(name=f"CPU of all checks of day {days:,}", value=median(last_s), unit="s"),
            Figure(name="ratio", value=median(last_s) / median(first_s), unit="", at_most=MOST_GROWTH_RATIO),
        ),
        details={"first_s": first_s, "last_s": last_s, "rules": sum(len(suite.rules) for suite in SUITES.values())},
    )


def check_day(store: Store, day: date) -> float:
    """Check and record every table of a day; return the CPU seconds that it took."""
    began_s = time.process_time()
    for table in SUITES:
        results = check_table(store.warehouse, table, day, digest=DigestSettings())
        record_results(store.warehouse, table, day, results, now=NOW)
    return time.process_time() - began_s


def copy_day(warehouse: Path, day: date) -> None:
    """Write the good day's files again under another date, with that date in their rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in sorted(warehouse.glob(f"*/date={DAY}/*.parquet")):
        rows = pq.ParquetFile(path).read()
        for name in {"episode_date", "digest_date"} & set(rows.column_names):
            position = rows.column_names.index(name)
            rows = rows.set_column(position, rows.schema.field(name), pa.array([day] * len(rows), pa.date32()))
        copy = path.parents[1] / f"date={day}" / path.name
        copy.parent.mkdir(exist_ok=True)
        pq.write_table(rows, copy)
