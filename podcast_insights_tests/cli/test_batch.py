"""A backfill that asks in one batch: the real client over HTTP, a scripted server, and the real insight stage."""

import io
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from rich.console import Console

from podcast_insights.cli.batch import answer_days, ask_in_batch, require_batches
from podcast_insights.errors import LLMError, SettingsError
from podcast_insights.insights.batch import MOST_ANSWER_CHARS, NoBatchesError
from podcast_insights.insights.make import all_calls, build_extractor, make_insights
from podcast_insights.operations.batches import BatchReport
from podcast_insights.settings import InsightSettings, Settings
from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.defs.fakes import settings_in
from podcast_insights_tests.insights.batch_server import Answer, FakeBatchServer
from podcast_insights_tests.insights.fakes import Clock, FakeModelServer, completion, failure, proposal, tokens_in
from podcast_insights_tests.insights.samples import talk, transcript_of
from podcast_insights_tests.storage.examples import DAY

SAID = "the number that matters is how many people use each space"
PROMPT_TOKENS, ANSWER_TOKENS = 1_000_000, 50
Serve = Callable[..., FakeBatchServer]


def good(body: object) -> object:
    return completion(json.dumps({"insights": [proposal(SAID)]}), prompt_tokens=tokens_in(body))  # type: ignore[arg-type]


@pytest.fixture
def direct(httpserver: HTTPServer) -> FakeModelServer:
    return FakeModelServer(httpserver)


@pytest.fixture
def serve(httpserver: HTTPServer) -> Serve:
    def start(answer: Answer = good, **more: object) -> FakeBatchServer:  # type: ignore[assignment]
        return FakeBatchServer(httpserver, answer, **more)  # type: ignore[arg-type]

    return start


@pytest.fixture
def settings(tmp_path: Path, direct: FakeModelServer) -> Settings:
    insights = InsightSettings(
        model="parrot-1",
        base_url=direct.base_url,
        prompt_usd_per_million=1.0,
        completion_usd_per_million=2.0,
        batch_price_ratio=0.5,
    )
    return settings_in(tmp_path).model_copy(update={"insights": insights})


@pytest.fixture
def store(settings: Settings) -> Store:
    store = Store(settings.storage.base_url)
    one = transcript_of(talk())
    other = replace(one, episode_id="other", fingerprint="other", segments=talk("The other talk adds a word."))
    store.transcripts.replace_day(DAY, [one, other])
    return store


def asked(settings: Settings, store: Store) -> BatchReport:
    return answer_days(Console(file=io.StringIO()), settings, store, [DAY], poll_every_s=0.0)


def made(settings: Settings, store: Store) -> list[str]:
    """Make the day's insights as the asset does; return the claims."""
    earlier = store.llm_calls.of_day(DAY)
    with closing(
        build_extractor(
            settings.insights, now=Clock(), spent=earlier, answers=store.batch_answers, kept=store.kept_answers
        )
    ) as extractor:
        result = make_insights(
            store.transcripts.of_day(DAY),
            titles={},
            extractor=extractor,
            cache=store.finished_insights,
            limit=settings.insights.per_episode,
            workers=1,
        )
        store.llm_calls.replace_day(DAY, all_calls(earlier, result.made, extractor.calls))
    return [insight.claim for episode in result.made for insight in episode.insights]


def test_a_batch_answers_what_the_days_ask_and_they_make_no_call(
    settings: Settings, store: Store, serve: Serve, direct: FakeModelServer
) -> None:
    server = serve()
    assert asked(settings, store) == BatchReport(asked=2, answered=2, over_cap=0)
    assert [line["url"] for line in server.sent()] == ["/v1/chat/completions"] * 2
    assert server.batches[0]["endpoint"] == "/v1/chat/completions"
    assert len(made(settings, store)) == 2
    assert direct.requests == []
    calls = store.llm_calls.of_day(DAY)
    assert [(call.purpose, call.status) for call in calls] == [("extract batch", "answered")] * 2
    for call in calls:
        assert call.cost_usd == pytest.approx((call.prompt_tokens + 2 * call.completion_tokens) / 1e6 / 2)
    # Made again from the answers: nothing is asked, and what was paid once is counted once.
    settings = settings.model_copy(update={"insights": settings.insights.model_copy(update={"per_episode": 3})})
    assert len(made(settings, store)) == 2
    assert [call.call_id for call in store.llm_calls.of_day(DAY)] == [call.call_id for call in calls]
    assert asked(settings, store) == BatchReport(asked=0, answered=0, over_cap=0)
    assert len(server.batches) == 1


def test_the_body_in_a_batch_is_the_one_that_is_sent_directly(
    settings: Settings, store: Store, serve: Serve, direct: FakeModelServer
) -> None:
    server = serve(lambda body: None)
    direct.answers(proposal(SAID))
    assert asked(settings, store) == BatchReport(asked=2, answered=0, over_cap=0)
    assert len(made(settings, store)) == 2
    assert direct.requests == [line["body"] for line in server.sent()]


def test_what_was_answered_directly_is_not_asked_in_a_batch_and_nothing_of_a_batch_is_kept_twice(
    settings: Settings, store: Store, serve: Serve, direct: FakeModelServer
) -> None:
    server = serve()
    direct.answers(proposal(SAID)).breaks()
    assert len(made(settings, store)) == 1
    assert asked(settings, store) == BatchReport(asked=1, answered=1, over_cap=0)
    assert len(server.sent()) == 1
    assert len(made(settings, store)) == 2
    purposes = sorted(call.purpose for call in store.llm_calls.of_day(DAY) if call.status == "answered")
    assert purposes == ["extract", "extract batch"]
    assert len(list((store.base / "artifacts" / "answers").rglob("*.json"))) == 1


@pytest.mark.parametrize("separator", ["\u2028", "\u0085", "é"])
def test_an_answer_may_hold_what_ends_a_line_elsewhere(
    settings: Settings, store: Store, serve: Serve, separator: str
) -> None:
    claim = f"A short claim that{separator}says one thing."
    content = f'{{"insights": [{json.dumps(proposal(SAID, claim=claim), ensure_ascii=False)}]}}'
    serve(lambda body: completion(content, prompt_tokens=tokens_in(body)))
    assert asked(settings, store) == BatchReport(asked=2, answered=2, over_cap=0)


def test_an_answer_without_end_costs_the_others_nothing(settings: Settings, store: Store, serve: Serve) -> None:
    contents = iter(["x" * (MOST_ANSWER_CHARS + 1), '{"insights": []}'])
    serve(lambda body: completion(next(contents), prompt_tokens=tokens_in(body)))

    assert asked(settings, store) == BatchReport(asked=2, answered=1, over_cap=0)


@pytest.mark.parametrize("ends", ["expired", "failed", "cancelled"])
def test_what_a_batch_leaves_open_is_asked_directly(
    settings: Settings, store: Store, serve: Serve, direct: FakeModelServer, ends: str
) -> None:
    def answer(body: object) -> object:
        return good(body) if "adds a word" in str(body) else failure(500, "no time")

    serve(answer, ends=ends)
    direct.answers(proposal(SAID))
    assert asked(settings, store) == BatchReport(asked=2, answered=1, over_cap=0)
    assert len(made(settings, store)) == 2
    assert len(direct.requests) == 1
    assert store.open_batches.get(_only_record(store)).batches == ()  # type: ignore[union-attr]


def _only_record(store: Store) -> str:
    (path,) = (store.base / "artifacts" / "open_batches").rglob("*.json")
    return path.stem


def test_a_killed_process_waits_for_the_running_batch_and_sends_nothing_again(
    settings: Settings, store: Store, serve: Serve
) -> None:
    server = serve(looks=3)

    class KilledError(Exception):
        pass

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    console = Console(file=io.StringIO())
    console.print = killed  # type: ignore[method-assign]
    with pytest.raises(KilledError):
        answer_days(console, settings, store, [DAY], poll_every_s=0.0)
    assert len(server.batches) == 1
    assert asked(settings, store) == BatchReport(asked=2, answered=2, over_cap=0)
    assert len(server.batches) == 1
    assert server.looked == 4


def test_a_batch_whose_id_was_lost_is_found_by_its_name(settings: Settings, store: Store, serve: Serve) -> None:
    server = serve()
    server.dies_after_create = True
    with pytest.raises(LLMError, match="the answer to this was lost"):
        asked(settings, store)
    assert asked(settings, store).answered == 2
    assert len(server.batches) == 1


def lose_the_id(settings: Settings, store: Store, server: FakeBatchServer) -> None:
    """Stand for a process that dies between sending a batch and noting its id."""
    server.dies_after_create = True
    with pytest.raises(LLMError, match="the answer to this was lost"):
        asked(settings, store)
    server.dies_after_create = False


def test_a_batch_whose_id_was_lost_is_not_paid_again_where_there_is_more_to_ask_by_now(
    settings: Settings, store: Store, serve: Serve
) -> None:
    server = serve()
    lose_the_id(settings, store, server)
    third = replace(transcript_of(talk("A third one.")), episode_id="third", fingerprint="third")
    store.transcripts.replace_day(DAY, [*store.transcripts.of_day(DAY), third])

    assert asked(settings, store) == BatchReport(asked=3, answered=3, over_cap=0)
    assert [len(server.sent(number)) for number in range(len(server.batches))] == [2, 1]


def test_a_lost_batch_is_found_behind_hundreds_of_others(settings: Settings, store: Store, serve: Serve) -> None:
    server = serve()
    lose_the_id(settings, store, server)
    server.batches_of_others = 250

    assert asked(settings, store).answered == 2
    assert len(server.batches) == 1


def test_while_the_server_gives_no_list_nothing_is_sent_again(settings: Settings, store: Store, serve: Serve) -> None:
    server = serve()
    lose_the_id(settings, store, server)
    server.fails_to_list = 9
    with pytest.raises(LLMError, match="come back later"):
        asked(settings, store)
    server.fails_to_list = 0

    assert asked(settings, store).answered == 2
    assert len(server.batches) == 1


def test_a_batch_that_the_server_never_got_is_sent(settings: Settings, store: Store, serve: Serve) -> None:
    server = serve()
    lose_the_id(settings, store, server)
    server.batches.clear()

    assert asked(settings, store).answered == 2
    assert len(server.batches) == 1


def test_a_server_without_batches_says_so_and_the_days_ask(
    settings: Settings, store: Store, direct: FakeModelServer, httpserver: HTTPServer
) -> None:
    for path in ("/v1/files", "/v1/batches"):
        httpserver.expect_request(path).respond_with_handler(lambda request: failure(404, "Not Found"))
    direct.answers(proposal(SAID))
    with pytest.raises(NoBatchesError, match="the server has no batch API"):
        asked(settings, store)
    assert len(made(settings, store)) == 2


def test_the_caps_of_a_day_hold_for_what_a_batch_may_cost(settings: Settings, store: Store, serve: Serve) -> None:
    server = serve()
    capped = settings.insights.model_copy(update={"max_calls_per_day": 1})
    assert asked(settings.model_copy(update={"insights": capped}), store) == BatchReport(
        asked=1, answered=1, over_cap=1
    )
    assert len(server.sent()) == 1


class DaysThatAreMade:
    """Stands for the runs: remembers what was to be made."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, date, Sequence[str]]] = []

    def run(self, job: str, day: date, *, label: str, assets: Sequence[str]) -> None:
        self.runs.append((job, day, assets))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (good, "Batch: 2 of 2 questions answered."),
        (None, "Asking directly: the server has no batch API"),
        (409, "asking directly what is left"),
    ],
)
def test_transcripts_come_first_and_what_became_of_the_batch_is_said(
    settings: Settings, store: Store, serve: Serve, httpserver: HTTPServer, answer: object, said: str
) -> None:
    if callable(answer):
        serve(answer)
    else:
        status = 404 if answer is None else 409
        httpserver.expect_request("/v1/files").respond_with_handler(lambda request: failure(status, "No"))
        httpserver.expect_request("/v1/batches").respond_with_handler(lambda request: failure(404, "No"))
    days, told = DaysThatAreMade(), io.StringIO()
    ask_in_batch(Console(file=told, width=200), settings, days, [DAY], poll_every_s=0.0)  # type: ignore[arg-type]
    assert days.runs == [("digest_job", DAY, ("episodes", "chapters", "publisher_transcripts", "audio", "transcripts"))]
    assert said in told.getvalue()


def test_a_batch_needs_a_model(desk: Desk) -> None:
    desk.writes("shows:\n  - url: https://show1.example.org/feed.xml\ndigest: {start_date: 2026-11-01}\n")
    with pytest.raises(SettingsError, match="--batch needs a language model"):
        require_batches(Settings.model_construct(insights=InsightSettings()))
    assert "--batch needs a language model" in desk.fails("backfill", "--batch", "--from", str(DAY), "--to", str(DAY))
