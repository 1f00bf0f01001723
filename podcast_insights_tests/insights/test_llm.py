import json
from collections.abc import Iterator

import pytest

from podcast_insights.errors import (
    LLMBudgetError,
    LLMError,
    LLMRefusedError,
    LLMUnavailableError,
    PodcastInsightsError,
    SettingsError,
)
from podcast_insights.insights.answers import Item
from podcast_insights.insights.budget import Prices
from podcast_insights.insights.llm import ChatClient
from podcast_insights.insights.llm_failures import PromptTooLongError
from podcast_insights.insights.prompts import INSIGHTS
from podcast_insights_tests.insights.fakes import FakeModelServer, client_of, proposal

ONE = proposal("the words that were said")
MESSAGES = ({"role": "system", "content": "Find insights."}, {"role": "user", "content": "A talk."})


def ask(client: ChatClient, messages: tuple[dict[str, str], ...] = MESSAGES) -> tuple[Item, ...]:
    return client.ask(messages, INSIGHTS, episode_id="ep-1", purpose="extract")


@pytest.fixture
def client(server: FakeModelServer) -> Iterator[ChatClient]:
    client = client_of(server)
    yield client
    client.close()


def test_an_answer_is_asked_for_by_schema_and_accounted_for(server: FakeModelServer, client: ChatClient) -> None:
    server.answers(ONE)
    assert ask(client) == (ONE,)
    request = server.requests[0]
    assert request["response_format"]["json_schema"]["schema"] == INSIGHTS.schema
    assert request["max_completion_tokens"] == 400
    (call,) = client.calls
    assert (call.episode_id, call.purpose, call.model, call.status) == ("ep-1", "extract", "parrot-1", "answered")
    assert (call.completion_tokens, call.cached_tokens, call.cost_usd) == (50, 8, None)
    assert call.prompt_tokens > 0
    assert call.duration_s == 1.0


def test_a_server_without_schemas_is_asked_in_words_and_that_is_remembered(
    server: FakeModelServer, client: ChatClient
) -> None:
    server.wants_plain(ONE)
    assert ask(client) == (ONE,)
    assert [body.get("response_format", {}).get("type") for body in server.requests] == [
        "json_schema",
        "json_object",
        None,
    ]
    assert '"stands_alone"' in server.prompts[-1]
    assert ask(client) == (ONE,)
    assert len(server.requests) == 4
    assert [call.status for call in client.calls] == ["unsupported", "unsupported", "answered", "answered"]


def test_a_server_that_knows_the_old_limit_only_is_given_it(server: FakeModelServer, client: ChatClient) -> None:
    server.wants_max_tokens(ONE)
    assert ask(client) == (ONE,)
    assert server.requests[-1]["max_tokens"] == 400
    assert server.requests[-1]["response_format"]["type"] == "json_schema"


def test_rubbish_is_repaired_once(server: FakeModelServer, client: ChatClient) -> None:
    server.talks_rubbish().answers(ONE)
    assert ask(client) == (ONE,)
    assert server.requests[1]["messages"][-2]["role"] == "assistant"
    assert [call.purpose for call in client.calls] == ["extract", "extract repair"]


def test_rubbish_twice_is_an_error(server: FakeModelServer, client: ChatClient) -> None:
    server.talks_rubbish()
    with pytest.raises(LLMError, match="did not answer with JSON"):
        ask(client)
    assert len(server.requests) == 2


def test_of_a_cut_answer_what_is_complete_is_kept(server: FakeModelServer, client: ChatClient) -> None:
    server.truncates(json.dumps({"insights": [ONE, ONE]})[:-30])
    assert ask(client) == (ONE,)
    assert client.calls[0].status == "cut"


def test_an_answer_cut_before_its_first_object_names_the_setting(server: FakeModelServer, client: ChatClient) -> None:
    server.truncates('{"insights": [{"quote": "the wor')
    with pytest.raises(LLMError, match=r"insights\.max_output_tokens"):
        ask(client)


@pytest.mark.parametrize(
    ("script", "error", "is_retryable"),
    [
        (lambda server: server.refuses(), LLMRefusedError, False),
        (lambda server: server.filters(), LLMRefusedError, False),
        (lambda server: server.says_nothing(), LLMError, False),
        (lambda server: server.rate_limits(), LLMUnavailableError, True),
        (lambda server: server.breaks(), LLMUnavailableError, True),
        (lambda server: server.rejects_the_key(), SettingsError, False),
        (lambda server: server.does_not_know_the_model(), SettingsError, False),
        (
            lambda server: server.forbids("This model's maximum context length is 8192 tokens"),
            PromptTooLongError,
            False,
        ),
        (lambda server: server.forbids("messages must alternate"), LLMError, False),
        (lambda server: server.forbids("response_format is not supported"), LLMError, False),
    ],
)
def test_every_failure_is_one_of_ours_and_is_accounted_for(
    server: FakeModelServer,
    client: ChatClient,
    script: object,
    error: type[PodcastInsightsError],
    is_retryable: bool,
) -> None:
    script(server)
    with pytest.raises(error) as caught:
        ask(client)
    assert type(caught.value) is error
    assert caught.value.retryable is is_retryable
    assert len(client.calls) == len(server.requests)
    assert client.calls[-1].status not in {"answered", "cut"}


def test_no_message_shows_the_key_that_a_server_sends_back(server: FakeModelServer) -> None:
    key = "sk-" + "0123456789" * 5
    # So that cutting the message cuts through the key.
    server.forbids(f"you sent {key}, {'and again ' * 24}{key}")
    client = client_of(server, api_key=key)
    with pytest.raises(LLMError, match="you sent") as caught:
        ask(client)
    client.close()

    assert key[:8] not in str(caught.value)
    assert not any(key[:8] in str(call) for call in client.calls)


def test_a_server_that_is_not_there_is_unavailable(server: FakeModelServer) -> None:
    server.base_url = "http://127.0.0.1:9/v1"
    client = client_of(server)
    with pytest.raises(LLMUnavailableError):
        ask(client)
    client.close()


def test_the_library_retries_what_passes(server: FakeModelServer) -> None:
    server.rate_limits(1).breaks(1).answers(ONE)
    client = client_of(server, max_retries=2)
    assert ask(client) == (ONE,)
    client.close()


def test_a_used_up_quota_is_final_and_asks_no_more(server: FakeModelServer, client: ChatClient) -> None:
    server.is_out_of_quota()
    for _ in range(2):
        with pytest.raises(LLMError, match="quota") as caught:
            ask(client)
        assert not caught.value.retryable
    assert len(server.requests) == 1


def test_a_prompt_that_the_server_cut_in_silence_is_noticed(server: FakeModelServer, client: ChatClient) -> None:
    server.cuts_prompts_over(4000, ONE)
    assert ask(client) == (ONE,)
    with pytest.raises(PromptTooLongError, match=r"insights\.context_tokens"):
        ask(client, (MESSAGES[0], {"role": "user", "content": "A long talk. " * 1000}))


def test_the_caps_stop_before_the_call(server: FakeModelServer) -> None:
    server.answers(ONE)
    prices = Prices(prompt_usd_per_million=1.0, completion_usd_per_million=1000.0)
    client = client_of(server, max_usd=0.44, prices=prices)
    ask(client)
    assert client.calls[0].cost_usd == pytest.approx(0.05, rel=0.01)
    with pytest.raises(LLMBudgetError):
        ask(client)
    assert len(server.requests) == 1
    client.close()


def test_an_answer_that_is_no_completion_is_an_error(server: FakeModelServer, client: ChatClient) -> None:
    from werkzeug import Response

    server._then(lambda body: Response("<html>proxy</html>", content_type="text/html"))
    with pytest.raises(LLMError):
        ask(client)


@pytest.mark.parametrize(
    "usage",
    [None, {"total_tokens": 3}, {"prompt_tokens": None, "completion_tokens": None}, {"prompt_tokens": "many"}, 7],
)
def test_an_answer_that_does_not_tell_its_tokens_costs_what_was_reserved(
    server: FakeModelServer, usage: object
) -> None:
    message = {"role": "assistant", "content": json.dumps({"insights": [ONE]})}
    server.completes({"choices": [{"index": 0, "finish_reason": "stop", "message": message}], "usage": usage})
    prices = Prices(prompt_usd_per_million=0.0, completion_usd_per_million=1000.0)
    client = client_of(server, prices=prices)
    assert ask(client) == (ONE,)
    (call,) = client.calls
    assert (call.prompt_tokens, call.completion_tokens) == (0, 0)
    assert call.cost_usd is not None
    assert call.cost_usd > 0
    client.close()


@pytest.mark.parametrize("choices", [None, "none", ["text"], [None], [{}], {"message": {}}])
def test_an_answer_without_a_choice_is_an_error(server: FakeModelServer, client: ChatClient, choices: object) -> None:
    server.completes({"choices": choices})
    with pytest.raises(LLMError, match="no choice"):
        ask(client)
    assert client.calls[0].status == "llm"
