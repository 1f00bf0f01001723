"""Stores of several lengths, and the newest day in each: ``python -m benchmarks.growth_run <folder> past|measure ...``.

``past`` makes a day, and stores with that day under as many dates as they have days, two of each. ``measure`` makes the
next day in each, and prints the lower of what each stage took in the two as JSON. The feeds are served by another
process, so that its work does not count.
"""

import json
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from benchmarks.checks import check_day
from benchmarks.insights_run import spoken_paragraphs, written
from podcast_insights.bundled import bundled_path
from podcast_insights.data_docs.write import write_docs
from podcast_insights.defs.assets.delivery import MailConfig, digest_mail, digest_site
from podcast_insights.defs.assets.digest import daily_digest, related_insights
from podcast_insights.defs.assets.feeds import FeedsConfig, feeds
from podcast_insights.settings import Settings
from podcast_insights.storage.duckdb_file import build_duckdb_file
from podcast_insights.storage.model_runs import run_models
from podcast_insights.storage.sql_models import load_models
from podcast_insights.storage.store import Store
from podcast_insights_tests.crash.a_day import STAGES, context_of, resources_of, run_asset, settings_of_a_day
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer

DAY = date(2026, 11, 9)
A_DAY = 100
PARAGRAPHS = 12
WORD_S = 0.4
PUBLISHED_A_DAY = 5
ROUNDS = 2


def main(arguments: Sequence[str]) -> None:
    """Do what the second argument says."""
    folder, task, *rest = arguments
    addresses = json.loads((Path(folder) / "feeds.json").read_text(encoding="utf-8"))
    lengths = [int(days) for days in rest]
    if task == "past":
        make_the_past(Path(folder), addresses, lengths)
        return
    # What is done for the first time in a process is not compared.
    measure_a_day(_settings(Path(folder) / "warm", addresses))
    rounds = [
        {str(days): measure_a_day(_settings(_store(Path(folder), days, once), addresses)) for days in lengths}
        for once in range(ROUNDS)
    ]
    print(json.dumps(lowest(rounds)))


def episodes_of(server: PodcastServer, day: date, a_day: int) -> Iterator[tuple[str, Item]]:
    """Serve a transcript for each show's episode of a day; yield the show's name and the episode."""
    paragraphs = spoken_paragraphs()
    for number in range(a_day):
        chance = random.Random(f"{day} {number}")  # noqa: S311 - invented episodes
        cues, at_s = ["WEBVTT\n"], 0.0
        for text in chance.sample(paragraphs, PARAGRAPHS):
            end_s = at_s + WORD_S * len(text.split())
            cues.append(f"{_clock(at_s)} --> {_clock(end_s)}\n{text}\n")
            at_s = end_s
        path = f"/{day}-{number}.vtt"
        server.serves(path, "\n".join(cues).encode(), "text/vtt")
        noon = datetime.combine(day, time_of_day(12), tzinfo=UTC)
        yield (
            f"Show number {number}",
            Item(title=f"Episode of {day}, {number}", published_at=noon, transcript=path, duration_s=at_s),
        )


def make_the_past(folder: Path, addresses: Sequence[str], lengths: Sequence[int]) -> None:
    """Make the day before, then a store of each length whose last day it is, and each one's site."""
    before = DAY - timedelta(days=1)
    settings = _settings(folder / "model", addresses)
    work = {"feeds": _feeds, "ingest": _ingest, "digest": _digest, "checks": _checks}
    for stage in work.values():
        stage(settings, before)
    # Each is made for itself: a copy would have to gather its months again.
    for base, days in [(_store(folder, days, once), days) for days in lengths for once in range(ROUNDS)]:
        shutil.copytree(folder / "model", base)
        repeat(base / "warehouse", before, days)
        store = Store(str(base))
        _publish_every_day(store, before, days)
        # As the day before left it, with finished months gathered and what was found kept.
        for stage in (_related, _site, _models):
            stage(_settings(base, addresses), before)
    shutil.copytree(_store(folder, lengths[0], 0), folder / "warm")


def lowest(rounds: Iterable[Mapping[str, Mapping[str, float]]]) -> Mapping[str, Mapping[str, float]]:
    """Return the lowest of each figure of each store: a machine is slower at times, and never faster than it is."""
    found: dict[str, dict[str, float]] = {}
    for of_round in rounds:
        for name, took in of_round.items():
            known = found.setdefault(name, dict(took))
            known |= {part: min(cost, known[part]) for part, cost in took.items()}
    return found


def measure_a_day(settings: Settings) -> Mapping[str, float]:
    """Make the newest day; return the CPU seconds of each part."""
    work: dict[str, Callable[[Settings, date], object]] = {
        "feeds": _feeds,
        "ingest": _ingest,
        "digest": _digest,
        "related": _related,
        "related anew": _related_anew,
        "site": _site,
        "mail": _mail,
        "checks": _checks,
        "models": _models,
        "duckdb": _duckdb,
    }
    took = {}
    for name, stage in work.items():
        began_s = time.process_time()
        stage(settings, DAY)
        took[name] = time.process_time() - began_s
    store = Store(settings.storage.base_url)
    digest = store.digests.of_day(DAY)
    return took | {
        "episodes": len(store.episodes.of_day(DAY)),
        "insights": len(store.insights.of_day(DAY)),
        "entries": len(digest.entries) if digest else 0,
    }


def _store(folder: Path, days: int, once: int) -> Path:
    return folder / f"{days}-{once}"


def _settings(base: Path, addresses: Sequence[str]) -> Settings:
    one = settings_of_a_day(base, addresses[0])
    shows = tuple(one.shows[0].model_copy(update={"url": address}) for address in addresses)
    return one.model_copy(update={"shows": shows})


def _made(assets: Sequence[Any], settings: Settings, day: date, **config: Any) -> None:
    now = datetime.combine(day + timedelta(days=1), time_of_day(6, 30), tzinfo=UTC)
    with resources_of(settings, now) as given:
        for asset in assets:
            run_asset(asset, given, **config)


def _feeds(settings: Settings, day: date) -> None:
    _made([feeds], settings, day, config=FeedsConfig(only_due=False))


def _ingest(settings: Settings, day: date) -> None:
    _made(STAGES[:-1], settings, day, context=context_of(day))


def _digest(settings: Settings, day: date) -> None:
    _made([daily_digest], settings, day, context=context_of(day))


def _related(settings: Settings, day: date) -> None:
    _made([related_insights], settings, day)


def _related_anew(settings: Settings, day: date) -> None:
    shutil.rmtree(Path(settings.storage.base_url) / "artifacts" / "word_pairs")
    _related(settings, day)


def _site(settings: Settings, day: date) -> None:
    _made([digest_site], settings, day)


def _mail(settings: Settings, day: date) -> None:
    _made([digest_mail], settings, day, context=context_of(day), config=MailConfig())


def _checks(settings: Settings, day: date) -> None:
    store = Store(settings.storage.base_url)
    check_day(store, day)
    write_docs(store.warehouse, store.data_docs, day)


def _models(settings: Settings, day: date) -> None:
    store, models = Store(settings.storage.base_url), load_models(bundled_path("dbt_like_sql"))
    for _ in run_models(store.warehouse, models, models):
        pass


def _duckdb(settings: Settings, day: date) -> None:
    store = Store(settings.storage.base_url)
    build_duckdb_file(store.warehouse, load_models(bundled_path("dbt_like_sql")), store.duckdb_file)


def repeat(warehouse: Path, model_day: date, days: int) -> None:
    """Write the files of a day again for each of the days before, and its episodes into their shows' lists."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in sorted(warehouse.rglob(f"*={model_day}/*.parquet")):
        rows = pq.ParquetFile(path).read()
        for past in range(1, days):
            day = model_day - timedelta(days=past)
            copy = Path(str(path).replace(str(model_day), str(day)))
            copy.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(_of_another_day(rows, day), copy)
    for path in sorted(warehouse.glob("feed_items/*/data.parquet")):
        rows = pq.ParquetFile(path).read()
        pasts = [_of_another_day(rows, model_day - timedelta(days=past), gone=True) for past in range(1, days)]
        pq.write_table(pa.concat_tables([rows, *pasts]), path)


def _of_another_day(rows: Any, day: date, *, gone: bool = False) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    noon = datetime.combine(day, time_of_day(12), tzinfo=UTC)
    for position, field in enumerate(rows.schema):
        if field.name in ("episode_date", "digest_date", "checked_date"):
            rows = rows.set_column(position, field, pa.array([day] * len(rows), field.type))
        elif field.name == "scope":
            rows = rows.set_column(position, field, pa.array([day.isoformat()] * len(rows), field.type))
        elif field.name in ("published_at", "first_seen_at") or (gone and field.name == "gone_at"):
            rows = rows.set_column(position, field, pa.array([noon] * len(rows), field.type))
        elif field.name in ("episode_id", "insight_id", "subject_id", "guid"):
            ids = pc.binary_join_element_wise(rows.column(position), f"of {day}", " ").cast(field.type)
            rows = rows.set_column(position, field, ids)
    return rows


def _publish_every_day(store: Store, last: date, days: int) -> None:
    """Give each day a digest of insights with words of their own."""
    model = store.digests.of_day(last)
    assert model is not None, "the day before has a digest"  # noqa: S101 - nothing would be measured
    words = iter(written(PUBLISHED_A_DAY * days))
    for past in range(days):
        day = last - timedelta(days=past)
        entries = []
        for entry in model.entries[:PUBLISHED_A_DAY]:
            said = next(words)
            insight = replace(
                entry.candidate.insight,
                insight_id=f"{day:%Y%m%d}x{entry.rank:02}",
                episode_id=f"{entry.candidate.insight.episode_id} of {day}",
                claim=said.claim,
                explanation=said.explanation,
            )
            entries.append(
                replace(entry, digest_date=day, candidate=replace(entry.candidate, insight=insight, episode_date=day))
            )
        store.digests.replace(replace(model, digest_date=day, entries=tuple(entries), fingerprint=f"of {day}"))


def _clock(at_s: float) -> str:
    minutes, seconds = divmod(at_s, 60)
    return f"{int(minutes):02}:{seconds:06.3f}"


if __name__ == "__main__":
    main(sys.argv[1:])
