"""One client for every OpenAI-compatible server: asks for JSON, accounts for each call, and says what failed.

Servers differ in how they can be asked for JSON and how the answer's length is limited; what a server does not know is
found out by its answer (400 or 422) and remembered, from the strictest form down to asking in words. The answer is
always checked by the caller, because some servers accept a schema and ignore it. ``with_raw_response`` is used and not
``.parse()``: the latter raises on an unexpected answer and loses text and usage of a call that was paid.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from podcast_insights.errors import LLMError, LLMRefusedError, QuotaUsedUpError, SettingsError
from podcast_insights.fingerprints import fingerprint_of, short_id
from podcast_insights.insights.answers import Item, complete_objects, objects_in
from podcast_insights.insights.batch import PaidAnswers
from podcast_insights.insights.budget import Budget, Prices, estimated_tokens, fewest_tokens, told_tokens
from podcast_insights.insights.llm_failures import (
    PromptTooLongError,
    UnknownParameterError,
    translated,
)
from podcast_insights.insights.prompts import INSIGHTS, REPAIR, AnswerForm
from podcast_insights.insights.values import LLMCall
from podcast_insights.web.openai_server import open_server, shown_error

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletion

MODES: Final = ("json_schema", "json_object", "plain")
REPAIRED_CHARS = 4000
FROM_BATCH = " batch"
# A server that counts far fewer prompt tokens than were sent has cut the prompt without a word. Short prompts are not
# judged: there the estimate is too rough.
SEEN_RATIO = 0.6
JUDGED_TOKENS = 1500

Message = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    text: str
    is_cut: bool


class ChatClient:
    """Asks one model on one server; safe to share between threads."""

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None,
        api_key: str | None,
        max_output_tokens: int,
        timeout_s: float,
        budget: Budget,
        prices: Prices,
        now: Callable[[], datetime],
        max_retries: int = 4,
        paid: PaidAnswers | None = None,
    ) -> None:
        """Connect to nothing yet; what a batch has answered (``paid``) is not sent again."""
        self._client = open_server(base_url=base_url, api_key=api_key, timeout_s=timeout_s, max_retries=max_retries)
        self._api_key = api_key
        self.model = model
        self._max_output_tokens = max_output_tokens
        self._budget = budget
        self._prices = prices
        self._now = now
        self._paid = paid
        self._lock = threading.Lock()
        self._mode = 0
        self._limit_key = "max_completion_tokens"
        self._used_up: str | None = None
        self._calls: list[LLMCall] = []

    @property
    def calls(self) -> tuple[LLMCall, ...]:
        """Every call so far, in the order of their ends, failed ones too."""
        with self._lock:
            return tuple(self._calls)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def check(self) -> str:
        """Ask about no transcript at all, and return what was reached.

        Raises:
            LLMError: The server gave nothing usable; the subclass says why.
            SettingsError: The server does not accept the key, or does not know the model.
        """
        nothing = {
            "role": "user",
            "content": "There is no transcript: answer with an empty list of insights.",
        }
        self.ask([nothing], INSIGHTS, episode_id="none", purpose="doctor")
        return f"{self.model} answers at {self._client.base_url}"

    def ask(self, messages: Sequence[Message], form: AnswerForm, *, episode_id: str, purpose: str) -> tuple[Item, ...]:
        """Return the objects that the model answers with; what is complete of an answer that was cut off.

        Raises:
            LLMUnavailableError: Rate limit, server error, or no connection, after the library's own retries.
            LLMRefusedError: The model declined, or the provider filtered the answer.
            LLMBudgetError: A cap was reached.
            PromptTooLongError: The prompt is too long, or was cut by the server.
            LLMError: Empty, not JSON after one repair, cut before the first object, or the quota is used up.
            SettingsError: The server does not accept the key, or does not know the model.
        """
        reply = self._complete(messages, form, episode_id, purpose)
        items = objects_in(reply.text, form.list_key)
        if items is None and reply.is_cut:
            items = complete_objects(reply.text, form.list_key)
            if not items:
                raise LLMError(
                    f"{self.model} was cut off after {self._max_output_tokens} tokens, before its first object was "
                    f"complete (episode {episode_id}); raise insights.max_output_tokens"
                )
        if items is None:
            repair = REPAIR.format(problem=f"no object with the list {form.list_key}")
            again = [
                *messages,
                {"role": "assistant", "content": reply.text[:REPAIRED_CHARS]},
                {"role": "user", "content": repair},
            ]
            reply = self._complete(again, form, episode_id, f"{purpose} repair")
            items = objects_in(reply.text, form.list_key)
        if items is None:
            raise LLMError(f"{self.model} did not answer with JSON, not even when asked again (episode {episode_id})")
        return items

    def request(self, messages: Sequence[Message], form: AnswerForm) -> dict[str, Any]:
        """Return the body of the request by which ``ask`` would begin."""
        return self._body(_in_mode(messages, form, self._mode), form, self._mode, self._limit_key)

    def _complete(self, messages: Sequence[Message], form: AnswerForm, episode_id: str, purpose: str) -> _Reply:
        """Make calls until the server takes the form of the request."""
        while True:
            mode, limit_key = self._mode, self._limit_key
            try:
                return self._call(_in_mode(messages, form, mode), form, mode, limit_key, episode_id, purpose)
            except UnknownParameterError as error:
                self._step_down(error, mode, limit_key)

    def _step_down(self, error: UnknownParameterError, mode: int, limit_key: str) -> None:
        with self._lock:
            if error.is_limit and limit_key == "max_completion_tokens":
                self._limit_key = "max_tokens"
            elif mode + 1 < len(MODES):
                self._mode = max(self._mode, mode + 1)
            else:
                raise LLMError(f"{self.model} refuses every form of the request: {error}") from error

    def _call(
        self,
        messages: Sequence[Message],
        form: AnswerForm,
        mode: int,
        limit_key: str,
        episode_id: str,
        purpose: str,
    ) -> _Reply:
        import openai

        body = self._body(messages, form, mode, limit_key)
        fingerprint = fingerprint_of(body)
        paid = self._paid.answer_to(fingerprint) if self._paid else None
        if paid is None and self._used_up is not None:
            raise QuotaUsedUpError(self._used_up)
        sent = [message["content"] for message in messages]
        reserved_usd = None
        if paid is None:
            reserved_usd = self._prices.cost_usd(estimated_tokens(sent), self._max_output_tokens)
            self._budget.reserve(reserved_usd)
        started_at = self._now()
        completion: ChatCompletion | None = None
        status = "failed"
        try:
            completion = self._send(body) if paid is None else paid
            reply = self._checked(completion, fewest_tokens(sent), episode_id)
            status = "cut" if reply.is_cut else "answered"
        except openai.OpenAIError as error:
            mapped = self._mapped(error, episode_id)
            status = "unsupported" if isinstance(mapped, UnknownParameterError) else mapped.code
            raise mapped from error
        except LLMError as error:
            status = error.code
            raise
        finally:
            from_batch = None if paid is None else fingerprint
            self._account(completion, status, reserved_usd, started_at, episode_id, purpose, from_batch)
        return reply

    def _body(self, messages: Sequence[Message], form: AnswerForm, mode: int, limit_key: str) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self.model, "messages": list(messages), limit_key: self._max_output_tokens}
        if MODES[mode] == "json_schema":
            schema = {"name": form.name, "strict": True, "schema": form.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif MODES[mode] == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def _send(self, body: dict[str, Any]) -> "ChatCompletion":
        raw = self._client.chat.completions.with_raw_response.create(**body)
        try:
            completion: ChatCompletion = raw.parse()
        except ValueError as error:
            raise LLMError(f"the server of {self.model} did not answer with a chat completion: {error}") from error
        return completion

    def _checked(self, completion: "ChatCompletion", sent_tokens: int, episode_id: str) -> _Reply:
        """Return the answer's text, or say why there is none."""
        choices = getattr(completion, "choices", None)
        if not isinstance(choices, list) or not choices or getattr(choices[0], "message", None) is None:
            raise LLMError(f"the server of {self.model} sent no choice (episode {episode_id})")
        choice = choices[0]
        if choice.finish_reason == "content_filter" or choice.message.refusal:
            reason = choice.message.refusal or "the provider filtered the answer"
            raise LLMRefusedError(f"{self.model} declined episode {episode_id}: {reason[:200]}")
        seen_tokens = told_tokens(completion.usage, "prompt_tokens")
        if seen_tokens and sent_tokens > JUDGED_TOKENS and seen_tokens < SEEN_RATIO * sent_tokens:
            raise PromptTooLongError(
                f"{self.model} saw {seen_tokens} of about {sent_tokens} prompt tokens: its server cuts prompts; lower "
                "insights.context_tokens to what the server is set to"
            )
        text = choice.message.content or ""
        if not text.strip():
            raise LLMError(f"{self.model} gave an empty answer ({choice.finish_reason}) for episode {episode_id}")
        return _Reply(text=text, is_cut=choice.finish_reason == "length")

    def _mapped(self, error: "openai.OpenAIError", episode_id: str) -> "LLMError | SettingsError":
        """Return our error for one of the library's; a quota that is used up ends all further calls."""
        ours = translated(error, f"{self.model} (episode {episode_id}): {shown_error(error, self._api_key)}")
        if isinstance(ours, QuotaUsedUpError):
            self._used_up = str(ours)
        return ours

    def _account(
        self,
        completion: "ChatCompletion | None",
        status: str,
        reserved_usd: float | None,
        started_at: datetime,
        episode_id: str,
        purpose: str,
        from_batch: str | None,
    ) -> None:
        usage = getattr(completion, "usage", None)
        prompt_tokens = told_tokens(usage, "prompt_tokens")
        completion_tokens = told_tokens(usage, "completion_tokens")
        cost_usd = self._prices.cost_usd(prompt_tokens, completion_tokens)
        if from_batch and self._paid and cost_usd is not None:
            cost_usd *= self._paid.price_ratio
        # An answer whose usage the server does not tell costs what was reserved for it.
        is_told = prompt_tokens > 0 or completion_tokens > 0
        spent_usd = reserved_usd if completion is not None and not is_told else cost_usd
        self._budget.settle(reserved_usd, spent_usd)
        with self._lock:
            number = str(len(self._calls))
            # What a batch answered was paid once, however often it is read.
            named = (from_batch,) if from_batch else (purpose, self.model, started_at.isoformat(), number)
            self._calls.append(
                LLMCall(
                    call_id=short_id(episode_id, *named),
                    episode_id=episode_id,
                    purpose=f"{purpose}{FROM_BATCH}" if from_batch else purpose,
                    model=self.model,
                    status=status,
                    prompt_tokens=prompt_tokens,
                    completion_tokens=completion_tokens,
                    cached_tokens=told_tokens(getattr(usage, "prompt_tokens_details", None), "cached_tokens"),
                    cost_usd=spent_usd,
                    duration_s=(self._now() - started_at).total_seconds(),
                    called_at=started_at,
                )
            )


def _in_mode(messages: Sequence[Message], form: AnswerForm, mode: int) -> Sequence[Message]:
    """Return the messages; without a schema on the server, the form of the answer is told in words."""
    if MODES[mode] == "json_schema":
        return messages
    first, *others = messages
    return [{**first, "content": first["content"] + form.in_words}, *others]
