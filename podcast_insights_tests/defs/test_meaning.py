"""From stored insights to vectors, related insights and the search: the real assets, and a server on loopback."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from rich.console import Console

from podcast_insights.cli.search import meant_by, stored_insights
from podcast_insights.digest.search import search_insights
from podcast_insights.settings import EmbeddingSettings, RelatedSettings
from podcast_insights_tests.defs.fakes import World, a_world
from podcast_insights_tests.digest.fakes import an_insight
from podcast_insights_tests.insights.fakes import FakeEmbeddingServer
from podcast_insights_tests.storage.examples import a_digest, an_entry

DAY = date(2026, 11, 9)
NEXT_DAY = DAY + timedelta(days=1)
MEANINGS = (("physician", "doctor", "clinic"), ("loan", "mortgage", "bank"))
SAID = {
    "d1": "A physician listens before the chart is opened.",
    "d2": "Every doctor interrupts after eleven seconds.",
    "m1": "No mortgage survives a rising base rate for free.",
    "m2": "Your loan was sold long before dinner.",
}


@pytest.fixture
def server(httpserver: HTTPServer) -> FakeEmbeddingServer:
    return FakeEmbeddingServer(httpserver, MEANINGS)


@pytest.fixture
def world(tmp_path: Path, server: FakeEmbeddingServer) -> World:
    world = a_world(tmp_path, now=datetime(2026, 11, 11, 6, tzinfo=UTC))
    related = RelatedSettings(embeddings=EmbeddingSettings(model="meaning-1", base_url=server.base_url, batch_size=3))
    world.settings = world.settings.model_copy(update={"related": related})
    for day, ids in ((DAY, ("d1", "m1")), (NEXT_DAY, ("d2", "m2"))):
        insights = [
            an_insight(one, show_id=f"show-{one}", episode_id=f"episode-{one}", claim=SAID[one], explanation="")
            for one in ids
        ]
        entries = []
        for rank, insight in enumerate(insights, start=1):
            entry = an_entry(rank, day)
            entries.append(replace(entry, candidate=replace(entry.candidate, insight=insight, episode_date=day)))
        world.store.insights.replace_day(day, insights)
        world.store.digests.replace(replace(a_digest(day), entries=tuple(entries)))
    return world


def made(world: World, *days: date) -> None:
    for day in days:
        assert world.runs("ingest_job", day, "insight_vectors").is_success
    assert world.runs("digest_job", days[-1], "related_insights").is_success


def related(world: World) -> dict[str, tuple[str, str]]:
    return {one.insight_id: (one.related_insight_id, one.compared_by) for one in world.store.related_insights.all()}


def test_what_means_the_same_in_other_words_is_related_and_nothing_is_paid_twice(
    world: World, server: FakeEmbeddingServer
) -> None:
    made(world, DAY, NEXT_DAY)
    assert related(world) == {
        "d1": ("d2", "meaning-1"),
        "d2": ("d1", "meaning-1"),
        "m1": ("m2", "meaning-1"),
        "m2": ("m1", "meaning-1"),
    }
    assert len(server.requests) == 2
    made(world, DAY, NEXT_DAY)
    assert len(server.requests) == 2
    assert [call.purpose for day in (DAY, NEXT_DAY) for call in world.store.llm_calls.of_day(day)] == ["embed"] * 2


def test_a_server_that_is_away_leaves_words_and_a_reason_and_later_vectors_take_over(
    world: World, server: FakeEmbeddingServer
) -> None:
    for _ in range(2):
        server.then_fails(400, "out of order")
    made(world, DAY, NEXT_DAY)
    assert related(world) == {}
    (one, other) = world.store.skipped.of("insight_vectors", DAY)
    assert {one["subject_id"], other["subject_id"]} == {"episode-d1", "episode-m1"}
    assert "out of order" in one["message"]
    made(world, DAY, NEXT_DAY)
    assert related(world)["d1"] == ("d2", "meaning-1")
    assert world.store.skipped.of("insight_vectors", DAY) == []
    assert [call.status for call in world.store.llm_calls.of_day(DAY)] == ["llm", "answered"]


def test_without_a_model_nothing_is_asked_and_words_decide(world: World, server: FakeEmbeddingServer) -> None:
    world.settings = world.settings.model_copy(update={"related": RelatedSettings()})
    made(world, DAY, NEXT_DAY)
    assert (server.requests, world.store.insight_vectors.days(), related(world)) == ([], (), {})


def test_the_search_finds_by_meaning_and_asks_for_a_query_once(world: World, server: FakeEmbeddingServer) -> None:
    made(world, DAY, NEXT_DAY)
    asked = len(server.requests)
    store, insights = world.store, stored_insights(world.store)

    def found(query: str) -> list[str]:
        meant = meant_by(query, insights, store=store, settings=world.settings, limit=9)
        return [one.searchable.insight.insight_id for one in search_insights(query, insights, limit=9, meant=meant)]

    assert found("clinic") == ["d1", "d2"]
    assert found("clinic") == ["d1", "d2"]
    assert found("the bank sells a loan") == ["m2", "m1"]
    assert len(server.requests) == asked + 2
    assert search_insights("clinic", insights, limit=9) == ()


def test_a_search_that_gets_no_vector_is_by_words_and_says_why(
    world: World, server: FakeEmbeddingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from podcast_insights.cli.search import print_found
    from podcast_insights.settings import CONFIG_VARIABLE

    config = tmp_path / "podcasts.yaml"
    config.write_text(
        f"storage: {{base_url: '{tmp_path}'}}\n"
        f"related: {{embeddings: {{model: meaning-1, base_url: '{server.base_url}'}}}}\n"
    )
    monkeypatch.setenv(CONFIG_VARIABLE, str(config))
    server.then_fails(401)
    console = Console(record=True, width=200)
    assert print_found(console, "mortgage", limit=5) == 1
    printed = console.export_text()
    assert "Searched by words only" in printed
    assert "No mortgage survives" in printed
