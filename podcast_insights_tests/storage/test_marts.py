"""The marts of the project against plain counting in Python, on days made by chance."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from podcast_insights.feeds.values import DecidedEpisode
from podcast_insights.skips import Skip
from podcast_insights.storage.model_runs import open_models
from podcast_insights.storage.sql_models import SqlModel, load_models
from podcast_insights.storage.store import Store
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
from podcast_insights_tests.storage.models import run_model

FOLDER = Path(__file__).parents[2] / "dbt_like_sql"

FATES = ["listed", "skipped", "selected", "lost", "transcribed", "with_insights", "in_digest"]


@pytest.fixture(scope="module")
def models() -> Mapping[str, SqlModel]:
    return load_models(FOLDER)


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
