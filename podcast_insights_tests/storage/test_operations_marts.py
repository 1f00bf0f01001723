"""The marts that tell how the system does, against pandas on rows made by chance."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from podcast_insights.insights.embed import ALL_EPISODES
from podcast_insights.storage.model_runs import open_models
from podcast_insights.storage.schemas import table
from podcast_insights.storage.sql_models import SqlModel, load_models
from podcast_insights.storage.store import Store
from podcast_insights_tests.storage.examples import a_digest, an_entry
from podcast_insights_tests.storage.models import run_model

FOLDER = Path(__file__).parents[2] / "dbt_like_sql"
FIRST = date(2026, 11, 9)
Frames = Mapping[str, pd.DataFrame]

CHOICES: Mapping[str, list[Any]] = {
    "show_id": ["show0", "show1", "show2"],
    "episode_id": ["e0", "e1", "e2", "e3"],
    "insight_id": [f"i{number}" for number in range(12)],
    "related_insight_id": [f"i{number}" for number in range(12)],
    "model": ["base", "turbo", None],
    "purpose": ["propose", "judge"],
    "status": ["answered", "cut", "network"],
    "outcome": ["changed", "not_modified", "failed", "gone"],
    "error": [None, "no answer", "not a feed"],
    "state": ["planned", "sending", "sent", "failed"],
    "channel": ["smtp", "eml"],
    "source": ["publisher", "whisper"],
    "engine": ["publisher", "whisper"],
    "digest_fingerprint": ["of all", None],
    "topics": [[], ["energy"], ["energy", "sleep"], ["work", "sleep", "energy"]],
}
NOT_NULL = {"llm_calls": ("model",)}
COUNTS = {"feed_polls": 60, "llm_calls": 50, "outbox": 40, "transcripts": 40, "digest_entries": 30, "insights": 40}


@pytest.fixture(scope="module")
def models() -> Mapping[str, SqlModel]:
    return load_models(FOLDER)


@pytest.fixture(scope="module", params=[1, 2])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Frames]:
    chance = random.Random(request.param)
    store = Store(str(tmp_path_factory.mktemp("store")))
    frames: dict[str, pd.DataFrame] = {}
    for name, count in {**COUNTS, "shows": 3, "feed_items": 4, "related_insights": 20}.items():
        rows = list(distinct(name, [a_row(name, chance, number) for number in range(count)]))
        store.warehouse.write(name, "made=once", rows)
        frames[name] = pd.DataFrame(rows, columns=list(table(name).column_names))
    for day in {row["digest_date"] for row in frames["digest_entries"].to_dict("records")}:
        digest = a_row("digests", chance, 0) | {"digest_date": day, "fingerprint": "of all"}
        store.warehouse.write("digests", f"date={day}", [digest])
    return store, frames


def a_row(name: str, chance: random.Random, number: int) -> dict[str, Any]:
    return {column.name: a_value(name, column.name, column.type, chance, number) for column in table(name).columns}


def a_value(name: str, column: str, kind: str, chance: random.Random, number: int) -> Any:
    if (name, column) in {("shows", "show_id"), ("feed_items", "episode_id"), ("insights", "insight_id")}:
        return CHOICES[column][number % len(CHOICES[column])] if name != "insights" else f"i{number}"
    if column in CHOICES:
        allowed = [one for one in CHOICES[column] if one is not None or column not in NOT_NULL.get(name, ())]
        return chance.choice(allowed)
    made: Mapping[str, Callable[[], Any]] = {
        "VARCHAR": lambda: f"{column} {chance.randrange(1000)}",
        "BIGINT": lambda: chance.randrange(1, 1000),
        "DOUBLE": lambda: chance.random(),
        "BOOLEAN": lambda: chance.random() < 0.5,
        "DATE": lambda: FIRST + timedelta(days=chance.randrange(10)),
        "TIMESTAMPTZ": lambda: datetime(2026, 11, 9, tzinfo=UTC) + timedelta(seconds=chance.randrange(864_000)),
    }
    return made[kind]() if kind in made else []


def distinct(name: str, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield rows with different keys."""
    seen = set()
    for row in rows:
        key = tuple(row[column] for column in table(name).key)
        if key not in seen:
            seen.add(key)
            yield row


def rows_of(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return rows as plain values, floats rounded, NaN as None, in an order of their own."""

    def plain(value: Any) -> Any:
        if isinstance(value, float):
            return None if value != value else round(value, 9)
        return value.item() if hasattr(value, "item") else value

    return sorted((tuple(plain(value) for value in row) for row in frame.itertuples(index=False)), key=str)


def given(store: Store, models: Mapping[str, SqlModel], name: str, columns: list[str]) -> list[tuple[Any, ...]]:
    run_model(store.warehouse, models[name], models)
    with open_models(store.warehouse, models) as connection:
        rows = connection.sql(f'SELECT {", ".join(columns)} FROM "{name}"').fetchall()
        keys = connection.sql(f'SELECT {", ".join(models[name].key)} FROM "{name}"').fetchall()
    assert len(keys) == len(set(keys)), "the key names a row"
    return rows_of(pd.DataFrame(rows, columns=columns, dtype=object))


def check(made: tuple[Store, Frames], models: Mapping[str, SqlModel], name: str, expected: pd.DataFrame) -> None:
    assert len(expected) > 1
    assert given(made[0], models, name, list(expected.columns)) == rows_of(expected.astype(object))


def test_costs(made: tuple[Store, Frames], models: Mapping[str, SqlModel]) -> None:
    calls = made[1]["llm_calls"].assign(failed=lambda frame: frame["status"] != "answered")
    expected = calls.groupby(["episode_date", "model", "purpose"], as_index=False).agg(
        calls=("call_id", "count"),
        failed_calls=("failed", "sum"),
        episodes=("episode_id", "nunique"),
        prompt_tokens=("prompt_tokens", "sum"),
        cost_usd=("cost_usd", "sum"),
    )
    check(made, models, "mart_costs", expected)


def test_delivery(made: tuple[Store, Frames], models: Mapping[str, SqlModel]) -> None:
    box = made[1]["outbox"]
    for state in ("sent", "failed"):
        box = box.assign(**{state: box["state"] == state})
    box = box.assign(waiting=box["state"].isin(["planned", "sending"]))
    expected = box.groupby(["edition_date", "channel"], as_index=False).agg(
        recipients=("recipient", "count"),
        sent=("sent", "sum"),
        failed=("failed", "sum"),
        waiting=("waiting", "sum"),
        attempts=("attempts", "sum"),
    )
    check(made, models, "mart_delivery", expected)


def test_feed_health(made: tuple[Store, Frames], models: Mapping[str, SqlModel]) -> None:
    polls = made[1]["feed_polls"].assign(
        polled_date=lambda frame: frame["polled_at"].map(lambda at: at.date()),
        failed=lambda frame: frame["outcome"].isin(["failed", "gone"]),
        same=lambda frame: frame["outcome"] == "not_modified",
    )
    expected = polls.groupby(["show_id", "polled_date"], as_index=False).agg(
        polls=("polled_at", "count"),
        failed_polls=("failed", "sum"),
        not_modified_polls=("same", "sum"),
        new_episodes=("new_episodes", "sum"),
        slowest_poll_s=("duration_s", "max"),
    )
    check(made, models, "mart_feed_health", expected)


def test_transcription_speed(made: tuple[Store, Frames], models: Mapping[str, SqlModel]) -> None:
    read = made[1]["transcripts"].assign(model=lambda frame: frame["model"].fillna(""))
    read = read.rename(columns={"source": "transcript_source"})
    groups = read.groupby(["episode_date", "transcript_source", "engine", "model"])
    expected = groups.agg(
        transcripts=("episode_id", "count"),
        words=("word_count", "sum"),
        median_real_time_factor=("real_time_factor", "median"),
        cost_usd=("cost_usd", lambda costs: costs.sum(min_count=1)),
    ).reset_index()
    expected["hours"] = groups["duration_s"].sum().to_numpy() / 3600
    weighted = read.assign(ads=read["ad_ratio"] * read["word_count"]).groupby(list(expected.columns[:4]))
    expected["ad_ratio"] = (weighted["ads"].sum() / weighted["word_count"].sum()).to_numpy()
    check(made, models, "mart_transcription_speed", expected)


def test_topic_trends(made: tuple[Store, Frames], models: Mapping[str, SqlModel]) -> None:
    said = made[1]["digest_entries"].explode("topics").dropna(subset=["topics"])
    said = said.assign(
        topic=said["topics"], week_date=said["digest_date"].map(lambda day: day - timedelta(days=day.weekday()))
    )
    expected = said.groupby(["week_date", "topic"], as_index=False).agg(
        insights=("insight_id", "nunique"), shows=("show_id", "nunique")
    )
    check(made, models, "mart_topic_trends", expected)


def test_related_insights(made: tuple[Store, Frames], models: Mapping[str, SqlModel]) -> None:
    published = made[1]["digest_entries"].groupby("insight_id")["digest_date"].min()
    pairs = made[1]["related_insights"]
    pairs = pairs[pairs["insight_id"].isin(published.index) & pairs["related_insight_id"].isin(published.index)]
    expected = pairs[["insight_id", "related_insight_id", "similarity_ratio"]].assign(
        digest_date=pairs["insight_id"].map(published), related_digest_date=pairs["related_insight_id"].map(published)
    )
    check(made, models, "mart_related_insights", expected)


def test_insights_know_where_they_were_published(made: tuple[Store, Frames], models: Mapping[str, SqlModel]) -> None:
    entries = made[1]["digest_entries"].sort_values(["digest_date", "rank"])
    first = entries.drop_duplicates("insight_id").set_index("insight_id")
    assert len(first) < len(entries), "some insights stand in two digests"
    insights = made[1]["insights"]
    published = insights["insight_id"].isin(first.index)
    counts = made[1]["related_insights"]["insight_id"].value_counts()
    expected = pd.DataFrame(
        {
            "insight_id": insights["insight_id"],
            "is_published": published,
            "digest_date": insights["insight_id"].map(first["digest_date"]).astype(object).where(published, None),
            "related_insights": insights["insight_id"].map(counts).fillna(0).astype(int),
        }
    )
    assert 0 < published.sum() < len(insights)
    check(made, models, "fct_insights", expected)


def test_a_call_about_no_one_episode_counts_for_none(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    store = Store(str(tmp_path))
    calls = [
        a_row("llm_calls", random.Random(1), 0)
        | {"call_id": episode, "episode_date": FIRST, "episode_id": episode, "purpose": "stance", "model": "m"}
        for episode in (ALL_EPISODES, "e1", "e2")
    ]
    store.warehouse.write("llm_calls", f"date={FIRST}", calls)

    assert given(store, models, "mart_costs", ["calls", "episodes"]) == [(3, 2)]


@pytest.mark.parametrize("start_s", [float("nan"), float("inf"), 1e15])
def test_a_time_that_is_no_number_stops_no_mart(tmp_path: Path, models: Mapping[str, SqlModel], start_s: float) -> None:
    store = Store(str(tmp_path))
    entry = an_entry()
    insight = replace(entry.candidate.insight, start_s=start_s)
    entry = replace(entry, candidate=replace(entry.candidate, insight=insight, audio_url="https://example.org/1.mp3"))
    store.digests.replace(replace(a_digest(), entries=(entry,)))

    found = given(store, models, "mart_daily_top_insights", ["starts_at_clock", "listen_url"])

    assert found == [(None, "https://example.org/1.mp3")]
