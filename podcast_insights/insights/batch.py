"""Questions that a server answers within a day at a lower price: its batch API, and what becomes of the answers.

A batch is a file of requests, each under the fingerprint of its body. An answer is kept under that fingerprint, and the
client that is about to send the same body takes it instead: so a batch changes when and for how much something is
answered, and nothing else. Many servers have no batches; that is found out by asking.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from podcast_insights.errors import LLMError, SettingsError
from podcast_insights.fingerprints import ResultCache, fingerprint_of
from podcast_insights.insights.llm_failures import translated
from podcast_insights.settings import InsightSettings
from podcast_insights.web.openai_server import open_server, shown_error

if TYPE_CHECKING:
    import openai
    from openai.types import Batch
    from openai.types.chat import ChatCompletion

ENDPOINT: Final = "/v1/chat/completions"
# Providers take 50,000 requests and 200 MB in a file.
MOST_REQUESTS, MOST_BYTES = 20_000, 100_000_000
MOST_ANSWER_CHARS = 1_000_000
# How many batches of a server, the newest first, are looked through for one of ours.
MOST_LISTED = 1000
NAME_KEY = "podcast_insights"
WITHOUT_BATCHES = (404, 405, 501)
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})

Body = Mapping[str, Any]


class NoBatchesError(LLMError):
    """The server has no batch API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """How far a batch is: ``files`` hold what was answered, once it has ended."""

    status: str
    answered: int = 0
    asked: int = 0
    files: tuple[str, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in ENDED


class PaidAnswers:
    """The answers of batches, as the client of the language model asks for them; ``price_ratio`` is their discount."""

    def __init__(self, kept: ResultCache[str], *, price_ratio: float) -> None:
        """Use what is kept."""
        self._kept = kept
        self.price_ratio = price_ratio

    def answer_to(self, fingerprint: str) -> "ChatCompletion | None":
        """Return the answer to a request, or None where no batch gave one."""
        from openai.types.chat import ChatCompletion
        from pydantic import ValidationError

        content = self._kept.get(fingerprint)
        try:
            return None if content is None else ChatCompletion.model_validate_json(content)
        except ValidationError:
            return None


class BatchClient:
    """Hands requests to one server's batch API, and fetches the answers."""

    def __init__(self, settings: InsightSettings, *, max_retries: int = 4) -> None:
        """Connect to nothing yet; the OpenAI library is imported here."""
        self._key = settings.api_key.get_secret_value() if settings.api_key else None
        self._client = open_server(
            base_url=settings.base_url, api_key=self._key, timeout_s=settings.timeout_s, max_retries=max_retries
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def submit(self, requests: Mapping[str, Body]) -> str:
        """Return the id of a batch of requests by their fingerprints.

        A batch of exactly these requests that the server has already, from a process that died before it could note
        its id, is taken up.

        Raises:
            NoBatchesError: The server has no batch API.
            LLMError: The server does not take the batch.
            SettingsError: The server does not accept the key.
        """
        import openai

        if (known := self.find(requests)) is not None:
            return known
        lines = "".join(f"{line_of(fingerprint, body)}\n" for fingerprint, body in requests.items())
        try:
            file = self._client.files.create(file=("requests.jsonl", lines.encode()), purpose="batch")
            batch = self._client.batches.create(
                input_file_id=file.id,
                endpoint=ENDPOINT,
                completion_window="24h",
                metadata={NAME_KEY: name_of(requests)},
            )
        except openai.OpenAIError as error:
            raise self._mapped(error) from error
        return batch.id

    def find(self, fingerprints: Collection[str]) -> str | None:
        """Return the id of the batch of exactly these requests that the server works on or has answered, if any.

        None also where the server cannot list its batches.

        Raises:
            LLMError: The server gives no list this time; the subclass says why.
            SettingsError: The server does not accept the key.
        """
        import openai

        name = name_of(fingerprints)
        try:
            for one in islice(self._client.batches.list(limit=100), MOST_LISTED):
                if (one.metadata or {}).get(NAME_KEY) == name and one.status not in ENDED - {"completed"}:
                    return one.id
        except openai.APIStatusError as error:
            if error.status_code not in WITHOUT_BATCHES:
                raise self._mapped(error) from error
        except openai.OpenAIError as error:
            raise self._mapped(error) from error
        return None

    def state(self, batch_id: str) -> BatchState:
        """Return how far a batch is; one that the server does not know any more has failed.

        Raises:
            LLMError: The server gives no answer; the subclass says why.
            SettingsError: The server does not accept the key.
        """
        import openai

        try:
            return _state_of(self._client.batches.retrieve(batch_id))
        except openai.NotFoundError:
            return BatchState(status="failed")
        except openai.OpenAIError as error:
            raise self._mapped(error) from error

    def answers(self, state: BatchState, asked: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield the fingerprint and the completion, as JSON, of each request that was answered.

        Raises:
            LLMError: The server gives no answer; the subclass says why.
        """
        import openai

        try:
            for file_id in state.files:
                with self._client.files.with_streaming_response.content(file_id) as response:
                    for line in _lines(response.iter_bytes()):
                        if (found := answer_in(line, asked)) is not None:
                            yield found
        except openai.OpenAIError as error:
            raise self._mapped(error) from error

    def _mapped(self, error: "openai.OpenAIError") -> LLMError | SettingsError:
        import openai

        about = f"batch API: {shown_error(error, self._key)}"
        if isinstance(error, openai.APIStatusError) and error.status_code in WITHOUT_BATCHES:
            return NoBatchesError(f"the server has no {about}")
        return translated(error, about)


def name_of(fingerprints: Collection[str]) -> str:
    """Return the name of the batch of some requests, by which it is known again among all of a server."""
    return fingerprint_of({"requests": sorted(fingerprints)})


def line_of(fingerprint: str, body: Body) -> str:
    """Return a request as a line of a batch's file."""
    return json.dumps({"custom_id": fingerprint, "method": "POST", "url": ENDPOINT, "body": body}, ensure_ascii=True)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines as JSON Lines has them: only a line feed ends one, and JSON may hold any other line separator."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        # Too long to be an answer: what goes on is not gathered, but stays too long.
        rest = rest[: MOST_ANSWER_CHARS + 1]
    yield rest


def answer_in(line: str | bytes, asked: Collection[str]) -> tuple[str, str] | None:
    """Return what a line of a result answers, as the fingerprint and the completion; None where it is no answer."""
    if len(line) > MOST_ANSWER_CHARS:
        return None
    try:
        told = json.loads(line)
        fingerprint, response = told["custom_id"], told["response"]
        body = response["body"]
        if response["status_code"] != 200 or fingerprint not in asked or not body["choices"]:
            return None
        return fingerprint, json.dumps(body)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def in_files(requests: Mapping[str, Body]) -> Iterator[dict[str, Body]]:
    """Yield the requests in groups that one file holds."""
    group: dict[str, Body] = {}
    size_bytes = 0
    for fingerprint, body in requests.items():
        line_bytes = len(line_of(fingerprint, body))
        if group and (len(group) >= MOST_REQUESTS or size_bytes + line_bytes > MOST_BYTES):
            yield group
            group, size_bytes = {}, 0
        group[fingerprint] = body
        size_bytes += line_bytes
    if group:
        yield group


def _state_of(batch: "Batch") -> BatchState:
    counts = batch.request_counts
    return BatchState(
        status=batch.status,
        answered=counts.completed if counts else 0,
        asked=counts.total if counts else 0,
        files=(batch.output_file_id,) if batch.output_file_id else (),
    )
