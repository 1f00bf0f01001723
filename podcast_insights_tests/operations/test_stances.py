"""From digests to marks of agreement: the real asset, the real client, and a scripted model server on loopback."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.defs.assets.insights import insights
from podcast_insights.digest.neighbours import Published
from podcast_insights.digest.relate import related_insights
from podcast_insights.insights.extract_embedded import EmbeddedExtractor
from podcast_insights.insights.make import connect
from podcast_insights.insights.values import LLMCall
from podcast_insights.operations.stances import mark_stances
from podcast_insights.settings import InsightSettings
from podcast_insights_tests.crash.a_day import context_of, run_asset
from podcast_insights_tests.defs.fakes import World, a_world
from podcast_insights_tests.digest.fakes import an_insight
from podcast_insights_tests.insights.fakes import FakeModelServer
from podcast_insights_tests.integration.tables import query
from podcast_insights_tests.storage.examples import a_digest, an_entry

DAY = date(2026, 11, 9)
NEXT_DAY = DAY + timedelta(days=1)
SAID = {
    "r1": "Rents fall in every district where new homes are built.",
    "r2": "New homes in a district never make its rents fall.",
    "w1": "Heat pumps halve the gas that an old house burns in winter.",
    "w2": "An old house burns half the gas with heat pumps in winter.",
}


@pytest.fixture
def server(httpserver: HTTPServer) -> FakeModelServer:
    return FakeModelServer(httpserver)


@pytest.fixture
def world(tmp_path: Path, server: FakeModelServer) -> World:
    world = a_world(tmp_path, now=datetime(2026, 11, 11, 6, tzinfo=UTC))
    uses(world, server)
    for day, ids in ((DAY, ("r1", "w1")), (NEXT_DAY, ("r2", "w2"))):
        publishes(world, day, *ids)
    return world


def uses(world: World, server: FakeModelServer, model: str = "parrot-1", **more: object) -> None:
    wanted = InsightSettings.model_validate({"model": model, "base_url": server.base_url, **more})
    world.settings = world.settings.model_copy(update={"insights": wanted})


def publishes(world: World, day: date, *ids: str) -> None:
    entries = []
    for rank, one in enumerate(ids, start=1):
        insight = an_insight(one, show_id=f"show-{one}", episode_id=f"episode-{one}", claim=SAID[one], explanation="")
        entry = an_entry(rank, day)
        entries.append(replace(entry, candidate=replace(entry.candidate, insight=insight, episode_date=day)))
    world.store.digests.replace(replace(a_digest(day), entries=tuple(entries)))


def says(*stances: str) -> str:
    return json.dumps({"pairs": [{"pair": at, "stance": stance} for at, stance in enumerate(stances, start=1)]})


def stances(world: World) -> dict[str, str | None]:
    """Relate and mark what was published, as the asset does."""
    store, wanted = world.store, world.settings.insights
    published = Published.of(store.digests.published())
    related = related_insights(published.in_order)
    marks = mark_stances(
        store,
        related,
        published,
        connect=lambda spent: connect(wanted, now=world.clock, spent=spent),
        model=wanted.model or "",
    )
    store.related_insights.replace(marks.related)
    return marks_of(world)


def marks_of(world: World) -> dict[str, str | None]:
    return {one.insight_id: one.stance for one in world.store.related_insights.all()}


def a_call(call_id: str, *, purpose: str) -> LLMCall:
    return LLMCall(
        call_id=call_id,
        episode_id="episode-r2",
        purpose=purpose,
        model="parrot-1",
        status="answered",
        prompt_tokens=1,
        completion_tokens=1,
        cached_tokens=0,
        cost_usd=None,
        duration_s=1,
        called_at=datetime(2026, 11, 10, 12, tzinfo=UTC),
    )


BOTH = {"r1": "disputes", "r2": "disputes", "w1": "agrees", "w2": "agrees"}
UNMARKED = dict.fromkeys(BOTH)


def test_the_new_pairs_of_a_day_are_asked_about_in_one_call_and_never_again(
    world: World, server: FakeModelServer
) -> None:
    server.says(says("disputes", "agrees"))
    assert stances(world) == stances(world) == BOTH
    assert len(server.requests) == 1
    (call,) = world.store.llm_calls.of_day(NEXT_DAY)
    assert (call.purpose, call.status, call.completion_tokens) == ("stance", "answered", 50)
    assert world.store.llm_calls.of_day(DAY) == ()


def test_an_answer_outlives_the_table_and_another_model_is_asked_anew(world: World, server: FakeModelServer) -> None:
    server.says(says("disputes", "agrees")).says(says("neither", "neither"))
    assert stances(world) == BOTH
    world.store.related_insights.replace(())
    assert stances(world) == BOTH
    assert len(server.requests) == 1
    uses(world, server, model="parrot-2")
    assert stances(world) == dict.fromkeys(BOTH, "neither")
    assert len(server.requests) == 2


@pytest.mark.parametrize("answer", ["refuses", "talks_rubbish"])
def test_an_answer_of_no_use_leaves_pairs_unmarked_and_is_not_paid_again(
    world: World, server: FakeModelServer, answer: str
) -> None:
    getattr(server, answer)()
    assert stances(world) == UNMARKED
    asked = len(server.requests)
    assert stances(world) == UNMARKED
    assert len(server.requests) == asked


def test_a_pair_that_an_answer_leaves_out_stays_unmarked_beside_the_others(
    world: World, server: FakeModelServer
) -> None:
    server.says(says("disputes"))
    assert stances(world) == stances(world) == UNMARKED | {"r1": "disputes", "r2": "disputes"}
    assert len(server.requests) == 1


@pytest.mark.parametrize("trouble", ["rejects_the_key", "does_not_know_the_model"])
def test_a_server_that_gives_no_answer_fails_nothing_and_is_asked_by_the_next_run(
    world: World, server: FakeModelServer, trouble: str
) -> None:
    getattr(server, trouble)()
    server.says(says("disputes", "agrees"))
    assert stances(world) == UNMARKED
    assert stances(world) == BOTH


def test_the_calls_of_a_day_are_capped_whatever_they_were_made_for(world: World, server: FakeModelServer) -> None:
    server.says(says("disputes", "agrees"))
    uses(world, server, max_calls_per_day=1)
    assert stances(world) == BOTH
    uses(world, server, model="parrot-2", max_calls_per_day=1)
    assert stances(world) == UNMARKED
    assert len(server.requests) == 1


class Reader(EmbeddedExtractor):
    """Has read an episode of the day with one call; while its last lines are written, the stances are asked."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def calls(self) -> tuple[LLMCall, ...]:
        return (a_call("read", purpose="extract"),)

    def close(self) -> None:
        stances(self._world)


def test_a_run_of_the_day_at_the_same_time_loses_no_call_and_doubles_none(
    world: World, server: FakeModelServer
) -> None:
    server.says(says("disputes", "agrees"))
    given = {
        "settings": world.settings,
        "store": world.store,
        "clock": world.clock,
        "extractors": lambda _: Reader(world),
    }
    for _ in range(2):
        run_asset(insights, given, context=context_of(NEXT_DAY))

    assert sorted(call.purpose for call in world.store.llm_calls.of_day(NEXT_DAY)) == ["extract", "stance"]
    told = query(world.store, "SELECT purpose, count(*) FROM llm_calls GROUP BY ALL ORDER BY ALL", "llm_calls")
    assert told == [("extract", 1), ("stance", 1)]
    assert len(server.requests) == 1


def test_asking_changes_no_file_of_the_day_that_others_write(world: World, server: FakeModelServer) -> None:
    server.says(says("disputes", "agrees"))
    world.store.llm_calls.replace_day(NEXT_DAY, [a_call("read", purpose="extract")])
    (path,) = world.store.warehouse.files("llm_calls")
    before = path.stat()

    assert stances(world) == BOTH
    assert path.stat() == before
    assert len(world.store.llm_calls.of_day(NEXT_DAY)) == 2


def test_the_asset_asks_where_a_model_is_set_and_only_there(world: World, server: FakeModelServer) -> None:
    server.says(says("disputes", "agrees"))
    assert world.runs("digest_job", NEXT_DAY, "related_insights").is_success
    assert (marks_of(world), len(server.requests)) == (BOTH, 1)
    world.settings = world.settings.model_copy(update={"insights": InsightSettings()})
    assert world.runs("digest_job", NEXT_DAY, "related_insights").is_success
    assert (marks_of(world), len(server.requests)) == (UNMARKED, 1)
