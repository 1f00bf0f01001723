"""The client for vectors: any server with an OpenAI-compatible ``/embeddings``.

Servers are believed nothing here, either: there must be one vector for each text, all of one length, of finite numbers.
Vectors leave as bytes of unit length, so that their cosine is their product and nobody has to know how a server scales
them. Numbers are asked for as numbers, because many servers ignore the library's wish for base64.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from podcast_insights.errors import LLMError, SettingsError
from podcast_insights.fingerprints import short_id
from podcast_insights.insights.budget import Budget, estimated_tokens, told_tokens
from podcast_insights.insights.llm_failures import translated
from podcast_insights.insights.make import day_budget
from podcast_insights.insights.untrusted import without_control_tokens
from podcast_insights.insights.values import LLMCall
from podcast_insights.settings import EmbeddingSettings, Settings
from podcast_insights.web.openai_server import open_server, shown_error

if TYPE_CHECKING:
    from openai.types import CreateEmbeddingResponse

    from podcast_insights.insights.embed_local import LocalEmbedder

PURPOSE = "embed"
# What a call is accounted for that is made for many episodes at once.
ALL_EPISODES = "all"
SECTION = "related.embeddings"
# Embeddings models read 512 to 8192 tokens; a claim with its explanation has about 120.
MOST_TEXT_CHARS = 2000
MOST_DIMENSIONS = 8192


class EmbeddingClient:
    """Asks one embeddings model on one server."""

    def __init__(
        self,
        settings: EmbeddingSettings,
        *,
        api_key: str | None,
        budget: Budget,
        now: Callable[[], datetime],
        max_retries: int = 4,
    ) -> None:
        """Connect to nothing yet; the OpenAI library is imported here.

        Raises:
            SettingsError: No embeddings model is set.
        """
        if settings.model is None:
            raise SettingsError(f"no embeddings model is set; set {SECTION}.model")
        self._client = open_server(
            base_url=settings.base_url, api_key=api_key, timeout_s=settings.timeout_s, max_retries=max_retries
        )
        self._api_key = api_key
        self._model = settings.model
        self._settings = settings
        self._dimensions = settings.dimensions
        self._usd_per_million = settings.usd_per_million
        self._budget = budget
        self._now = now
        self._calls: list[LLMCall] = []

    @property
    def model(self) -> str:
        """What the vectors are stored under."""
        return self._settings.vectors_name

    @property
    def calls(self) -> tuple[LLMCall, ...]:
        """Every call so far, failed ones too."""
        return tuple(self._calls)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def vectors(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        """Return the unit vector of each text, in one call.

        Raises:
            LLMUnavailableError: Rate limit, server error, or no connection, after the library's own retries.
            LLMBudgetError: A cap of the day was reached.
            LLMError: The server refuses the texts, or its answer is not one vector for each.
            SettingsError: The server does not accept the key, or does not know the model.
        """
        import openai

        cleaned = [text_to_embed(text) for text in texts]
        reserved_usd = self._cost_usd(estimated_tokens(cleaned))
        self._budget.reserve(reserved_usd)
        started_at = self._now()
        response: CreateEmbeddingResponse | None = None
        status = "failed"
        try:
            response = self._send(cleaned)
            found = self._checked(response, len(cleaned))
            status = "answered"
        except openai.OpenAIError as error:
            mapped = translated(error, f"{self._model}: {shown_error(error, self._api_key)}", section=SECTION)
            status = mapped.code
            raise mapped from error
        except LLMError as error:
            status = error.code
            raise
        finally:
            self._account(response, status, reserved_usd, started_at)
        return found

    def _send(self, texts: list[str]) -> "CreateEmbeddingResponse":
        options: dict[str, Any] = {"dimensions": self._dimensions} if self._dimensions else {}
        raw = self._client.embeddings.with_raw_response.create(
            model=self._model, input=texts, encoding_format="float", **options
        )
        try:
            response: CreateEmbeddingResponse = raw.parse()
        except ValueError as error:
            raise LLMError(f"the server of {self._model} did not answer with embeddings: {error}") from error
        return response

    def _checked(self, response: "CreateEmbeddingResponse", asked: int) -> tuple[bytes, ...]:
        data = getattr(response, "data", None)
        listed = [(getattr(one, "index", None), one) for one in data] if isinstance(data, list) else []
        # True is 1 to a dictionary, and a list is no key at all: only a number that is one says which text is meant.
        by_index = {index: getattr(one, "embedding", None) for index, one in listed if type(index) is int}
        if by_index.keys() != set(range(asked)) or len(listed) != asked:
            raise LLMError(f"the server of {self._model} did not answer with one vector for each of {asked} texts")
        found = tuple(unit_vector(by_index[index]) for index in range(asked))
        lengths = {len(one) for one in found if one is not None}
        if None in found or len(lengths) != 1 or (self._dimensions and lengths != {4 * self._dimensions}):
            raise LLMError(
                f"the server of {self._model} answered with what are no vectors of one length; check {SECTION}.model "
                f"and {SECTION}.dimensions"
            )
        return tuple(one for one in found if one is not None)

    def _cost_usd(self, tokens: int) -> float | None:
        return None if self._usd_per_million is None else tokens * self._usd_per_million / 1_000_000

    def _account(
        self,
        response: "CreateEmbeddingResponse | None",
        status: str,
        reserved_usd: float | None,
        started_at: datetime,
    ) -> None:
        tokens = told_tokens(getattr(response, "usage", None), "prompt_tokens")
        spent_usd = reserved_usd if response is not None and not tokens else self._cost_usd(tokens)
        self._budget.settle(reserved_usd, spent_usd)
        self._calls.append(
            LLMCall(
                call_id=short_id(PURPOSE, self.model, started_at.isoformat(), str(len(self._calls))),
                episode_id=ALL_EPISODES,
                purpose=PURPOSE,
                model=self._model,
                status=status,
                prompt_tokens=tokens,
                completion_tokens=0,
                cached_tokens=0,
                cost_usd=spent_usd,
                duration_s=(self._now() - started_at).total_seconds(),
                called_at=started_at,
            )
        )


def connect_embeddings(
    settings: Settings, *, now: Callable[[], datetime], spent: Sequence[LLMCall] = ()
) -> "EmbeddingClient | LocalEmbedder":
    """Return what makes vectors by the configured model: a client with what is left of the day's budget, or the model.

    Raises:
        SettingsError: No embeddings model is set.
    """
    wanted = settings.related.embeddings
    if wanted.engine == "sentence-transformers":
        from podcast_insights.insights.embed_local import LocalEmbedder

        return LocalEmbedder(wanted)
    key = settings.embeddings_key
    return EmbeddingClient(
        wanted,
        api_key=key.get_secret_value() if key else None,
        budget=day_budget(settings.insights, spent),
        now=now,
    )


def text_to_embed(text: str) -> str:
    """Return what a model is given of a text: bounded, never empty, and with nothing that steers a model."""
    return without_control_tokens(text)[:MOST_TEXT_CHARS].strip() or "-"


def unit_vector(numbers: object) -> bytes | None:
    """Return the numbers at unit length as bytes, or None where they are no vector that has a direction."""
    if not isinstance(numbers, list) or not 0 < len(numbers) <= MOST_DIMENSIONS:
        return None
    try:
        length = sum(float(one) ** 2 for one in numbers) ** 0.5
        if not 0.0 < length < float("inf"):
            return None
        return struct.pack(f"<{len(numbers)}f", *(float(one) / length for one in numbers))
    except (TypeError, ValueError, OverflowError, struct.error):
        return None
