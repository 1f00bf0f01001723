"""What went wrong with a call to a language model: the library's errors as ours.

Servers say the same thing in different words: a parameter that one does not know, a prompt that is too long, a quota
that looks like a rate limit. Telling them apart is all that this module does; what follows from it is the client's.
"""

from typing import TYPE_CHECKING

from podcast_insights.errors import LLMError, LLMUnavailableError, QuotaUsedUpError, SettingsError

if TYPE_CHECKING:
    import openai

_FORMAT_WORDS = ("response_format", "json_schema", "json_object", "schema", "grammar", "unknown field", "unsupported")


class PromptTooLongError(LLMError):
    """The prompt does not fit the model, or the server cut it; a shorter one may do."""


class UnknownParameterError(LLMError):
    """The server does not take the request in this form; ``is_limit`` where it is the limit's name."""

    def __init__(self, message: str, *, is_limit: bool = False) -> None:
        super().__init__(message)
        self.is_limit = is_limit


def translated(error: "openai.OpenAIError", about: str, *, section: str = "insights") -> LLMError | SettingsError:
    """Return our error for one of the library's.

    Args:
        error: What the library raised.
        about: Names the model and the episode, and quotes the server.
        section: The settings that name the server.
    """
    import openai

    if isinstance(error, openai.RateLimitError):
        if error.code == "insufficient_quota":
            return QuotaUsedUpError(f"the quota of the API key is used up: {about}")
        return LLMUnavailableError(f"rate limit, {about}")
    if isinstance(error, openai.APIConnectionError | openai.InternalServerError):
        return LLMUnavailableError(f"no answer, {about}")
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return SettingsError(f"the key is not accepted; set OPENAI_API_KEY or {section}.base_url. {about}")
    if isinstance(error, openai.NotFoundError):
        return SettingsError(f"the model or the address is unknown; check {section}.model and base_url. {about}")
    if isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
        return _bad_request(about)
    return LLMError(about)


def _bad_request(about: str) -> LLMError:
    lowered = about.lower()
    if "max_completion_tokens" in lowered:
        return UnknownParameterError(about, is_limit=True)
    if "context" in lowered and any(word in lowered for word in ("length", "window", "exceed", "maximum")):
        return PromptTooLongError(f"the prompt is too long for {about}")
    if any(word in lowered for word in _FORMAT_WORDS):
        return UnknownParameterError(about, is_limit=False)
    return LLMError(f"the server refuses the request: {about}")
