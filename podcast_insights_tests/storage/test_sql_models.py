"""SQL models: what loading refuses, what it reads from the SQL, and the project's own models against plain Python."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from upath import UPath

from podcast_insights.errors import SettingsError
from podcast_insights.feeds.values import DecidedEpisode
from podcast_insights.skips import Skip
from podcast_insights.storage.model_runs import model_file, open_models, run_model
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.sql_lineage import column_lineage
from podcast_insights.storage.sql_models import SqlModel, load_models
from podcast_insights.storage.store import Store
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights.transcripts.values import Segment
from podcast_insights_tests.storage.examples import (
    DAY,
    NOW,
    a_digest,
    a_poll,
    a_show,
    a_transcript,
    an_entry,
    an_episode,
    an_insight,
)

FOLDER = Path(__file__).parents[2] / "dbt_like_sql"

STG = "-- materialized: view\n-- One row per show.\nSELECT\n    show_id,\n    title AS show_title\nFROM shows\n"
MART = """-- materialized: table
-- One row per title.
SELECT
    show_title,
    count(*) AS shows
FROM stg_x
GROUP BY 1
"""
SCHEMA = """
models:
  - name: stg_x
    description: One row per show.
    key: [show_id]
    columns: [{name: show_id, description: The show.}, {name: show_title, description: Its title.}]
  - name: mart_x
    description: One row per title.
    key: [show_title]
    columns: [{name: show_title, description: The title.}, {name: shows, description: How many shows have it.}]
"""


def write_models(folder: Path, schema: str = SCHEMA, **models: str) -> Path:
    for name, sql in {"stg_x": STG, "mart_x": MART, **models}.items():
        path = folder / ("staging" if name.startswith("stg") else "marts") / f"{name}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(sql)
    (folder / "schema.yml").write_text(schema)
    return folder


@pytest.fixture(scope="module")
def models() -> Mapping[str, SqlModel]:
    return load_models(FOLDER)


def test_a_model_is_what_its_file_and_the_schema_say(tmp_path: Path) -> None:
    stg, mart = load_models(write_models(tmp_path)).values()
    assert (stg.name, stg.materialized, stg.depends_on, stg.key) == ("stg_x", "view", ("shows",), ("show_id",))
    assert (mart.name, mart.materialized, mart.depends_on) == ("mart_x", "table", ("stg_x",))
    assert mart.column_names == ("show_title", "shows")
    assert mart.columns[1].description == "How many shows have it."


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            MART.replace("FROM stg_x", "FROM stg_y"),
            r"mart_x.sql:6: there is no table or model stg_y; did",
        ),
        (MART.replace("FROM stg_x", "FROM other.stg_x"), "there is no table or model other.stg_x"),
        (MART.replace("FROM stg_x", "FROM mart_x"), "go in a circle: mart_x -> mart_x"),
        (MART.replace("count(*) AS shows", "count(*) AS sows"), "column sows is not documented"),
        (MART.replace(",\n    count(*) AS shows", ""), "selects no column shows"),
        (MART.replace("show_title,\n", "*,\n"), r"mart_x.sql:4: names its columns"),
        (MART.replace("show_title,\n", "stg_x.*,\n"), r"mart_x.sql:4: names its columns"),
        (MART.replace("SELECT\n", "WITH shows AS (SELECT show_title FROM stg_x)\nSELECT\n"), "WITH shows hides"),
        (MART.replace("FROM stg_x", "FROM WHERE"), r"mart_x.sql:\d+: cannot be read as SQL"),
        (MART + ";DROP TABLE shows", "exactly one SELECT"),
        (MART.removeprefix("-- materialized: table\n"), r"mart_x.sql:1: must begin with '-- materialized"),
        (MART.replace("materialized: table", "materialized: sometimes"), "must begin with"),
    ],
)
def test_a_wrong_model_is_refused_with_its_file(tmp_path: Path, sql: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_models(write_models(tmp_path, mart_x=sql))


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (SCHEMA.replace("name: mart_x", "name: mart_y"), "mart_y is documented, but has no file"),
        (SCHEMA.partition("  - name: mart_x")[0], r"mart_x.sql: the model is not documented"),
        (SCHEMA.replace("The title.", "''"), "column show_title is not documented"),
        (SCHEMA.replace("key: [show_title]", "key: [title]"), "must name columns that identify a row"),
        ("models: [", "must list models"),
        ("- nothing", "must list models"),
    ],
)
def test_a_wrong_schema_is_refused(tmp_path: Path, schema: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_models(write_models(tmp_path, schema))


@pytest.mark.parametrize("name", ["shows", "Stg_Upper"])
def test_a_wrong_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}.sql"):
        load_models(write_models(tmp_path, **{name: STG}))


def test_two_models_in_a_circle_are_named(tmp_path: Path) -> None:
    circle = STG.replace("title AS show_title", "show_title").replace("FROM shows", "FROM mart_x")
    with pytest.raises(SettingsError, match=r"go in a circle: (mart_x -> stg_x -> mart_x|stg_x -> mart_x -> stg_x)"):
        load_models(write_models(tmp_path, stg_x=circle))


def test_lineage_goes_through_common_table_expressions(models: Mapping[str, SqlModel]) -> None:
    lineage = column_lineage(models["fct_episodes"], models)
    assert lineage["episode_title"] == (("stg_feed_items", "episode_title"),)
    assert lineage["is_skipped"] == (("stg_episodes", "is_selected"), ("stg_skipped", "subject_id"))
    assert lineage["skip_reason"] == (("stg_skipped", "last_skipped_at"), ("stg_skipped", "skip_reason"))
    assert column_lineage(models["stg_shows"], models)["show_name"] == (("shows", "name"),)


def test_lineage_of_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    models = load_models(write_models(tmp_path, stg_x=STG.replace("title AS", "tilte AS")))
    with pytest.raises(SettingsError, match="show_title cannot be traced"):
        column_lineage(models["stg_x"], models)


def test_the_models_of_the_project_say_what_they_are(models: Mapping[str, SqlModel]) -> None:
    for model in models.values():
        assert model.sql.splitlines()[1] == f"-- {model.description}"
        assert (model.materialized == "view") == model.name.startswith("stg_") == (model.path.parent.name == "staging")


def test_duckdb_accepts_every_model_without_any_file(base: UPath, models: Mapping[str, SqlModel]) -> None:
    warehouse = Warehouse(base)
    for model in models.values():
        run = run_model(warehouse, model, models)
        assert (run.rows, run.preview) == (0, ())
        assert tuple(name for name, _ in run.columns) == model.column_names
        # 128-bit integers become floats in Parquet and pandas.
        assert "HUGEINT" not in {kind for _, kind in run.columns}
        assert model_file(warehouse, model).exists() == (model.materialized == "table")


def test_a_model_that_duckdb_refuses_is_a_mistake_in_its_file(tmp_path: Path) -> None:
    models = load_models(write_models(tmp_path, stg_x=STG.replace("title AS", "no_such_function(title) AS")))
    with pytest.raises(SettingsError, match=r"stg_x.sql: DuckDB does not accept the model stg_x"):
        run_model(Warehouse(UPath(tmp_path / "base")), models["stg_x"], models)


def test_a_table_model_is_read_from_its_file_until_the_model_changes(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "base"))
    store.catalog.save(a_show(), [])
    models = load_models(write_models(tmp_path))
    run_model(store.warehouse, models["mart_x"], models)
    store.catalog.save(a_show("show2", title="Another"), [])

    def titles(models: Mapping[str, SqlModel]) -> list[tuple[str, ...]]:
        with open_models(store.warehouse, models) as connection:
            return connection.sql("FROM mart_x ORDER BY 1").fetchall()

    assert titles(models) == [("Deep Dives", 1)]
    changed = MART.replace("AS shows", "AS n")
    newer = load_models(write_models(tmp_path, SCHEMA.replace("name: shows", "name: n"), mart_x=changed))
    assert titles(newer) == [("Another", 1), ("Deep Dives", 1)]
    model_file(store.warehouse, models["mart_x"]).write_bytes(b"damaged")
    assert titles(models) == [("Another", 1), ("Deep Dives", 1)]
    assert run_model(store.warehouse, models["mart_x"], models).preview[0].keys() == {"show_title", "shows"}


def test_every_table_and_model_can_be_looked_at(tmp_path: Path, models: Mapping[str, SqlModel]) -> None:
    with open_models(Warehouse(UPath(tmp_path)), models) as connection:
        for name in [*(table.name for table in TABLES), *models]:
            assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchall() == [(0,)]


# The marts against plain Python, on days made by chance.


FATES = ["listed", "skipped", "selected", "lost", "transcribed", "with_insights", "in_digest"]


class Made:
    """What a generated store holds, counted as it is made."""

    def __init__(self, store: Store, seed: int) -> None:
        self.chance = random.Random(seed)
        self.store = store
        self.funnel: Counter[tuple[date, str]] = Counter()
        self.of_show: Counter[tuple[str, str]] = Counter()
        self.stages: dict[str, str] = {}
        self._make()

    def _make(self) -> None:
        days = [DAY - timedelta(days=back) for back in range(4)]
        episodes = [
            an_episode(f"e{number}", show_id=f"show{number % 3}", episode_date=self.chance.choice(days))
            for number in range(40)
        ]
        for number in range(3):
            show_id = f"show{number}"
            self.store.catalog.save(a_show(show_id), [episode for episode in episodes if episode.show_id == show_id])
            self.store.catalog.record_polls([a_poll(show_id)], day=DAY, at=NOW + timedelta(seconds=number))
        for day in days:
            self._make_day(day, [episode for episode in episodes if episode.episode_date == day])

    def _make_day(self, day: date, episodes: list) -> None:
        decided, skips, late_skips, transcripts, insights = [], [], [], [], []
        for episode in episodes:
            key, show_id = episode.episode_id, episode.show_id
            stage = self.chance.choice(
                ["listed", "skipped", "selected", "lost", "transcribed", "with_insights", "in_digest"]
            )
            reached = {"skipped": "listed", "lost": "selected"}.get(stage, stage)
            self.stages[key] = reached
            self.funnel[day, "listed"] += 1
            if stage == "listed":
                continue
            is_selected = stage != "skipped"
            decided.append(
                DecidedEpisode(
                    episode=episode, decision="process" if is_selected else "skip", reason="code", message="Why."
                )
            )
            self.funnel[day, "selected"] += is_selected
            self.of_show[show_id, "selected"] += is_selected
            if stage in ("skipped", "lost"):
                skip = Skip(
                    stage="episodes" if stage == "skipped" else "transcripts",
                    show_id=show_id,
                    subject_id=key,
                    reason="code",
                    message="Why.",
                    retryable=False,
                )
                (skips if stage == "skipped" else late_skips).append(skip)
                self.funnel[day, "skipped"] += 1
            if stage in ("transcribed", "with_insights", "in_digest"):
                words = Segment(index=0, start_s=0.0, end_s=5.0, text="four words of speech")
                transcripts.append(replace(a_transcript(key, words), show_id=show_id))
                self.funnel[day, "transcribed"] += 1
            if stage in ("with_insights", "in_digest"):
                for number in range(self.chance.randint(1, 3)):
                    insights.append(replace(an_insight(f"i{key}n{number}"), episode_id=key, show_id=show_id))
                    self.funnel[day, "insights"] += 1
                    self.of_show[show_id, "insights"] += 1
                self.funnel[day, "with_insights"] += 1
        self.store.episodes.replace_day(day, decided)
        self.store.skipped.replace("episodes", day, skips, now=NOW)
        self.store.skipped.replace("transcripts", day, late_skips, now=NOW)
        self.store.transcripts.replace_day(day, transcripts)
        self.store.insights.replace_day(day, insights)
        chosen = {i.episode_id: i for i in insights if self.stages[i.episode_id] == "in_digest"}
        entries = [
            replace(
                an_entry(rank, day),
                candidate=replace(
                    an_entry(rank, day).candidate,
                    insight=insight,
                    episode_date=day,
                    audio_url="https://cdn.example.org/1.mp3",
                ),
            )
            for rank, insight in enumerate(chosen.values(), start=1)
        ]
        self.funnel[day, "in_digest"] += len(entries)
        self.store.digests.replace(replace(a_digest(day), entries=tuple(entries)))


@pytest.mark.parametrize("seed", [1, 2])
def test_marts_agree_with_plain_counting(tmp_path: Path, models: Mapping[str, SqlModel], seed: int) -> None:
    store = Store(str(tmp_path / "base"))
    made = Made(store, seed)
    for model in models.values():
        run_model(store.warehouse, model, models)
    counted = ("listed", "selected", "transcribed", "with_insights", "insights", "in_digest", "skipped")
    with open_models(store.warehouse, models) as connection:
        funnel = connection.sql(f"SELECT episode_date, {', '.join(counted)} FROM mart_daily_funnel").fetchall()
        stages = connection.sql("SELECT episode_id, furthest_stage FROM fct_episodes").fetchall()
        shows = connection.sql("SELECT show_id, polls, selected_episodes, insights FROM dim_shows").fetchall()
        top = connection.sql(
            "SELECT starts_at_clock, listen_url, other_shows_saying_it, topics FROM mart_daily_top_insights"
        )
        assert set(top.fetchall()) == {("00:00:10", "https://cdn.example.org/1.mp3#t=10", 2, "energy, housing")}
    days = {day for day, _ in made.funnel}
    assert {row[0]: row[1:] for row in funnel} == {
        day: tuple(made.funnel[day, column] for column in counted) for day in days
    }
    assert dict(stages) == made.stages
    assert sorted(shows) == [
        (show_id, 1, made.of_show[show_id, "selected"], made.of_show[show_id, "insights"])
        for show_id in ("show0", "show1", "show2")
    ]
