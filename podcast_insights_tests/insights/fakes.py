"""A scripted OpenAI-compatible server on loopback, a cache in memory, and a clock: fakes with verbs."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podcast_insights.insights.budget import Budget, Prices
from podcast_insights.insights.llm import ChatClient
from podcast_insights.insights.prompts import CRITERIA

T = TypeVar("T")
Body = Mapping[str, Any]
Script = Callable[[Body], Response]


def proposal(quote: str, **changes: object) -> dict[str, object]:
    """Return one insight as a model would answer it, all questions answered with yes."""
    return {
        "quote": quote,
        "claim": "A short claim that says one thing.",
        "explanation": "The explanation says why the claim holds.",
        "speaker": None,
        "kind": "claim",
        "topics": ["streets"],
        **dict.fromkeys(CRITERIA, True),
        **changes,
    }


def completion(content: str | None, *, finish: str = "stop", prompt_tokens: int = 0, **message: object) -> Response:
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "parrot-1",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, **message},
            }
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": 50,
            "total_tokens": prompt_tokens + 50,
            "prompt_tokens_details": {"cached_tokens": 8},
        },
    }
    return Response(json.dumps(body), content_type="application/json")


def failure(status: int, message: str, code: str | None = None) -> Response:
    body = {"error": {"message": message, "type": "error", "code": code, "param": None}}
    return Response(json.dumps(body), status=status, content_type="application/json", headers={"retry-after-ms": "1"})


class FakeModelServer:
    """Answers each request with the next step of its script; the last step repeats. It keeps what was asked."""

    def __init__(self, server: HTTPServer) -> None:
        self.base_url = server.url_for("/v1")
        self.requests: list[dict[str, Any]] = []
        self.authorizations: list[str] = []
        self._script: list[Script] = []
        self._lock = threading.Lock()
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(self._handle)

    def _handle(self, request: Request) -> Response:
        body = request.get_json()
        with self._lock:
            self.requests.append(body)
            self.authorizations.append(request.headers.get("Authorization", ""))
            step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return step(body)

    def _then(self, *steps: Script) -> "FakeModelServer":
        self._script.extend(steps)
        return self

    @property
    def prompts(self) -> list[str]:
        return ["\n".join(message["content"] for message in body["messages"]) for body in self.requests]

    def answers(self, *proposals: Mapping[str, object]) -> "FakeModelServer":
        return self.says(json.dumps({"insights": list(proposals)}))

    def says(self, content: str | None) -> "FakeModelServer":
        return self._then(lambda body: completion(content, prompt_tokens=tokens_in(body)))

    def answers_with(self, script: Callable[[str], Sequence[Mapping[str, object]]]) -> "FakeModelServer":
        def step(body: Body) -> Response:
            prompt = body["messages"][-1]["content"]
            return completion(json.dumps({"insights": list(script(prompt))}), prompt_tokens=tokens_in(body))

        return self._then(step)

    def completes(self, body: Mapping[str, object]) -> "FakeModelServer":
        """Answer with a body as it is, whether or not it is a completion."""
        return self._then(lambda _: Response(json.dumps(body), content_type="application/json"))

    def talks_rubbish(self) -> "FakeModelServer":
        return self.says("Sure! Here are some great insights about streets.")

    def says_nothing(self) -> "FakeModelServer":
        return self.says("")

    def refuses(self) -> "FakeModelServer":
        return self._then(lambda body: completion(None, refusal="I cannot help with that."))

    def filters(self) -> "FakeModelServer":
        return self._then(lambda body: completion("", finish="content_filter"))

    def truncates(self, content: str) -> "FakeModelServer":
        return self._then(lambda body: completion(content, finish="length", prompt_tokens=tokens_in(body)))

    def rate_limits(self, times: int = 1) -> "FakeModelServer":
        return self._then(*[lambda body: failure(429, "slow down", "rate_limit_exceeded")] * times)

    def is_out_of_quota(self) -> "FakeModelServer":
        return self._then(lambda body: failure(429, "You exceeded your current quota", "insufficient_quota"))

    def breaks(self, times: int = 1) -> "FakeModelServer":
        return self._then(*[lambda body: failure(503, "overloaded")] * times)

    def rejects_the_key(self) -> "FakeModelServer":
        return self._then(lambda body: failure(401, "Incorrect API key provided", "invalid_api_key"))

    def sends_the_key_back(self) -> "FakeModelServer":
        return self._then(lambda body: failure(400, f"no such thing for {self.authorizations[-1]}"))

    def does_not_know_the_model(self) -> "FakeModelServer":
        return self._then(lambda body: failure(404, "The model does not exist", "model_not_found"))

    def forbids(self, message: str) -> "FakeModelServer":
        return self._then(lambda body: failure(400, message))

    def wants_plain(self, *proposals: Mapping[str, object]) -> "FakeModelServer":
        def step(body: Body) -> Response:
            if "response_format" in body:
                return failure(400, f"response_format {body['response_format']['type']} is not supported")
            return completion(f"<think>Hm.</think>```json\n{json.dumps({'insights': list(proposals)})}\n```")

        return self._then(step)

    def wants_max_tokens(self, *proposals: Mapping[str, object]) -> "FakeModelServer":
        def step(body: Body) -> Response:
            if "max_completion_tokens" in body:
                return failure(400, "Unsupported parameter: 'max_completion_tokens'")
            return completion(json.dumps({"insights": list(proposals)}))

        return self._then(step)

    def cuts_prompts_over(self, chars: int, *proposals: Mapping[str, object]) -> "FakeModelServer":
        """Answer every prompt; of a long one it has silently read the beginning only."""

        def step(body: Body) -> Response:
            seen = min(chars // 4, tokens_in(body))
            return completion(json.dumps({"insights": list(proposals)}), prompt_tokens=seen)

        return self._then(step)


def tokens_in(body: Body) -> int:
    return sum(len(message["content"]) for message in body["messages"]) // 4


class Clock:
    """An aware UTC clock that goes on by one second with each look."""

    def __init__(self) -> None:
        self._at = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._at += timedelta(seconds=1)
            return self._at


class MemoryCache(Generic[T]):
    """Finished items in memory."""

    def __init__(self) -> None:
        self.items: dict[str, T] = {}

    def get(self, fingerprint: str) -> T | None:
        return self.items.get(fingerprint)

    def put(self, fingerprint: str, item: T) -> None:
        self.items[fingerprint] = item


def client_of(
    server: FakeModelServer,
    *,
    max_calls: int = 100,
    max_usd: float | None = None,
    prices: Prices | None = None,
    max_retries: int = 0,
    max_output_tokens: int = 400,
    api_key: str | None = None,
    now: "Clock | None" = None,
) -> ChatClient:
    return ChatClient(
        model="parrot-1",
        base_url=server.base_url,
        api_key=api_key,
        max_output_tokens=max_output_tokens,
        timeout_s=5.0,
        budget=Budget(max_calls=max_calls, max_usd=max_usd),
        prices=prices or Prices(),
        now=now or Clock(),
        max_retries=max_retries,
    )


class FakeEmbeddingServer:
    """Answers with a vector whose numbers count the words of a few meanings; the script says what goes wrong first."""

    def __init__(self, server: HTTPServer, meanings: Sequence[Sequence[str]] = ()) -> None:
        self.base_url = server.url_for("/v1")
        self.requests: list[dict[str, Any]] = []
        self._meanings = meanings
        self._script: list[Script] = []
        server.expect_request("/v1/embeddings", method="POST").respond_with_handler(self._handle)

    def _handle(self, request: Request) -> Response:
        body = request.get_json()
        self.requests.append(body)
        return self._script.pop(0)(body) if self._script else self.answer(self.vectors_of(body["input"]))

    def vectors_of(self, texts: Sequence[str]) -> list[list[float]]:
        # The first number is the same for all, so that no vector is without a direction.
        return [
            [0.1, *(float(sum(text.lower().count(word) for word in meaning)) for meaning in self._meanings)]
            for text in texts
        ]

    @staticmethod
    def answer(vectors: Sequence[object], *, tokens: int = 7) -> Response:
        data = [{"object": "embedding", "index": at, "embedding": one} for at, one in enumerate(vectors)]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        body = {"object": "list", "model": "meaning-1", "data": data[::-1], "usage": usage}
        return Response(json.dumps(body), content_type="application/json")

    def then_answers(self, vectors: Sequence[object]) -> "FakeEmbeddingServer":
        self._script.append(lambda body: self.answer(vectors))
        return self

    def then_fails(self, status: int, message: str = "no", code: str | None = None) -> "FakeEmbeddingServer":
        self._script.append(lambda body: failure(status, message, code))
        return self

    def then_completes(self, body: Mapping[str, object]) -> "FakeEmbeddingServer":
        """Answer with a body as it is, whether or not it holds vectors."""
        self._script.append(lambda _: Response(json.dumps(body), content_type="application/json"))
        return self

    def then_says(self, content: str) -> "FakeEmbeddingServer":
        self._script.append(lambda body: Response(content, content_type="text/html"))
        return self
