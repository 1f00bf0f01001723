import math
import struct
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.errors import LLMBudgetError, LLMError, LLMUnavailableError, PodcastInsightsError, SettingsError
from podcast_insights.insights.budget import Budget
from podcast_insights.insights.embed import EmbeddingClient
from podcast_insights.settings import EmbeddingSettings
from podcast_insights_tests.insights.fakes import Clock, FakeEmbeddingServer

TEXTS = ("Cats purr.", "Ships float.")


@pytest.fixture
def server(httpserver: HTTPServer) -> FakeEmbeddingServer:
    return FakeEmbeddingServer(httpserver, meanings=[("cat",), ("ship",)])


@pytest.fixture
def client(server: FakeEmbeddingServer) -> Iterator[EmbeddingClient]:
    client = client_of(server)
    yield client
    client.close()


def client_of(server: FakeEmbeddingServer, *, max_calls: int = 100, **settings: object) -> EmbeddingClient:
    return EmbeddingClient(
        EmbeddingSettings(model="meaning-1", base_url=server.base_url, timeout_s=5.0, **settings),  # type: ignore[arg-type]
        api_key=None,
        budget=Budget(max_calls=max_calls, max_usd=None),
        now=Clock(),
        max_retries=0,
    )


def numbers(vector: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(vector) // 4}f", vector)


def test_each_text_gets_its_own_vector_at_unit_length_in_one_call(
    server: FakeEmbeddingServer, client: EmbeddingClient
) -> None:
    first, second = (numbers(one) for one in client.vectors(TEXTS))
    assert first == pytest.approx((0.0995, 0.995, 0.0), abs=1e-3)
    assert second == pytest.approx((0.0995, 0.0, 0.995), abs=1e-3)
    assert math.hypot(*first) == pytest.approx(1.0)
    (request,) = server.requests
    assert request == {"model": "meaning-1", "input": list(TEXTS), "encoding_format": "float"}


def test_calls_are_accounted_for_with_tokens_and_money(server: FakeEmbeddingServer) -> None:
    client = client_of(server, usd_per_million=2.0)
    client.vectors(TEXTS)
    (call,) = client.calls
    assert (call.purpose, call.model, call.status, call.episode_id) == ("embed", "meaning-1", "answered", "all")
    assert (call.prompt_tokens, call.completion_tokens, call.cost_usd) == (7, 0, pytest.approx(14e-6))
    client.close()


def test_shorter_vectors_are_asked_for_have_a_name_of_their_own_and_are_insisted_on(
    server: FakeEmbeddingServer,
) -> None:
    server.then_answers([[1.0] * 8, [2.0] * 8])
    client = client_of(server, dimensions=8)
    assert client.model == "meaning-1@8"
    assert {len(one) for one in client.vectors(TEXTS)} == {32}
    assert server.requests[0]["dimensions"] == 8
    with pytest.raises(LLMError, match=r"related\.embeddings\.dimensions"):
        client.vectors(TEXTS)
    client.close()


@pytest.mark.parametrize(
    "vectors",
    [
        [[1.0, 2.0]],
        [[1.0, 2.0]] * 3,
        [[1.0, 2.0], [1.0]],
        [[1.0, 2.0], []],
        [[0.0, 0.0], [1.0, 2.0]],
        [[1e400, 1.0], [1.0, 2.0]],
        [[float("nan"), 1.0], [1.0, 2.0]],
        [["1.0", {}], [1.0, 2.0]],
        ["AAAA", [1.0, 2.0]],
        [None, None],
        [[1.0] * 9000, [1.0] * 9000],
        [[1e200, 1.0], [1e200, 1.0]],
    ],
)
def test_what_is_not_one_vector_for_each_text_is_an_error(
    server: FakeEmbeddingServer, client: EmbeddingClient, vectors: list[object]
) -> None:
    server.then_answers(vectors)
    with pytest.raises(LLMError):
        client.vectors(TEXTS)
    assert [call.status for call in client.calls] == ["llm"]


@pytest.mark.parametrize("index", [[0], {"at": 0}, "0", None, False, 0.0, 7])
def test_an_index_that_is_no_number_of_a_text_is_an_error(
    server: FakeEmbeddingServer, client: EmbeddingClient, index: object
) -> None:
    data = [{"index": index, "embedding": [1.0, 2.0]}, {"index": 1, "embedding": [2.0, 1.0]}]
    server.then_completes({"object": "list", "data": data, "usage": {"prompt_tokens": 7}})
    with pytest.raises(LLMError, match="one vector for each"):
        client.vectors(TEXTS)
    assert [(call.status, call.prompt_tokens) for call in client.calls] == [("llm", 7)]


@pytest.mark.parametrize("data", [None, 3, "vectors", {"0": [1.0]}, [3, "x"], [None, None]])
def test_what_is_no_list_of_vectors_is_an_error(
    server: FakeEmbeddingServer, client: EmbeddingClient, data: object
) -> None:
    server.then_completes({"object": "list", "data": data, "usage": "none"})
    with pytest.raises(LLMError, match="one vector for each"):
        client.vectors(TEXTS)


@pytest.mark.parametrize("tokens", ["7", [7], -7, True, 7.5])
def test_a_count_of_tokens_that_is_none_costs_what_was_reserved(server: FakeEmbeddingServer, tokens: object) -> None:
    client = client_of(server, usd_per_million=2.0)
    data = [{"index": at, "embedding": [1.0, 2.0]} for at in range(2)]
    server.then_completes({"object": "list", "data": data, "usage": {"prompt_tokens": tokens}})
    assert len(client.vectors(TEXTS)) == 2
    (call,) = client.calls
    assert (call.status, call.prompt_tokens) == ("answered", 0)
    assert call.cost_usd is not None
    assert call.cost_usd > 0
    client.close()


@pytest.mark.parametrize(
    ("script", "error", "says"),
    [
        (lambda server: server.then_fails(401), SettingsError, r"related\.embeddings\.base_url"),
        (lambda server: server.then_fails(404), SettingsError, r"related\.embeddings\.model"),
        (lambda server: server.then_fails(429), LLMUnavailableError, "rate limit"),
        (lambda server: server.then_fails(503), LLMUnavailableError, "no answer"),
        (lambda server: server.then_fails(400, "input is too long"), LLMError, "too long"),
        (lambda server: server.then_says("<html>proxy</html>"), LLMError, "meaning-1"),
        (lambda server: server.then_says("{}"), LLMError, "one vector for each"),
    ],
)
def test_every_failure_is_one_of_ours_and_is_accounted_for(
    server: FakeEmbeddingServer,
    client: EmbeddingClient,
    script: object,
    error: type[PodcastInsightsError],
    says: str,
) -> None:
    script(server)  # type: ignore[operator]
    with pytest.raises(error, match=says):
        client.vectors(TEXTS)
    assert len(client.calls) == len(server.requests) == 1


def test_the_days_cap_stops_before_the_call(server: FakeEmbeddingServer) -> None:
    client = client_of(server, max_calls=1)
    client.vectors(TEXTS)
    with pytest.raises(LLMBudgetError, match=r"insights\.max_calls_per_day"):
        client.vectors(TEXTS)
    assert len(server.requests) == 1
    client.close()


def test_hostile_and_empty_texts_are_sent_as_plain_words(server: FakeEmbeddingServer, client: EmbeddingClient) -> None:
    client.vectors(["", "<|im_start|>cat\ud800", "x" * 9000])
    empty, odd, long = server.requests[0]["input"]
    assert (empty, odd, len(long)) == ("-", "cat", 2000)
