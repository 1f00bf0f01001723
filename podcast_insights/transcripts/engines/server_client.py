"""One request to an OpenAI-compatible transcription server, and what its refusals mean.

Servers differ in what they can answer: times for segments, or one text. What a server does not know is found out by
its answer (400 or 422) and remembered; a language that it does not take is told no more, and it finds out by itself.
The answer is read from its bytes, not by the library's types, because the compatible servers leave out fields that
those require.
"""

import json
import re
from typing import TYPE_CHECKING, Any, Final

from podcast_insights.errors import NetworkError, PodcastInsightsError, RefusedError, TranscriptError, WhisperError
from podcast_insights.web.openai_server import open_server, shown_error
from podcast_insights.web.redact import redact_url

if TYPE_CHECKING:
    import openai

FORMS: Final = ("verbose_json", "json")

_FORM_WORDS = ("response_format", "verbose_json")


class TranscriptionClient:
    """Asks one model on one server; safe to share between threads."""

    def __init__(
        self, *, model: str, base_url: str | None, api_key: str | None, timeout_s: float, max_retries: int
    ) -> None:
        """Connect to nothing yet; the OpenAI library is imported here."""
        self._client = open_server(base_url=base_url, api_key=api_key, timeout_s=timeout_s, max_retries=max_retries)
        self._model = model
        self._api_key = api_key
        self._form = 0
        self._unknown_languages: set[str] = set()

    @property
    def address(self) -> str:
        """Where the server is, as it may be shown."""
        return redact_url(str(self._client.base_url))

    def ask(self, file: bytes, *, language: str | None, prompt: str | None, about: str) -> Any:
        """Return the JSON that the server answers to a FLAC file.

        Args:
            file: What to hear.
            language: The spoken language as a code of two letters; None to find it out.
            prompt: What may have been said before, such as names to be spelled so.
            about: What the file is part of, for messages.

        Raises:
            NetworkError: Rate limit, server error, or no connection, after the library's own retries.
            WhisperError: The key, the model or the address is wrong, or the quota is used up.
            RefusedError: The server refuses this file.
            TranscriptError: The answer is no JSON.
        """
        import openai

        while True:
            form = self._form
            told = None if language in self._unknown_languages else language
            try:
                return self._sent(file, told, prompt, form)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if told and _is_about_language(error, told):
                    self._unknown_languages.add(told)
                    continue
                if form + 1 == len(FORMS) or not _is_about_form(error):
                    raise self._mapped(error, about) from error
                # Another thread may have found it out at the same time.
                self._form = max(self._form, form + 1)
            except openai.OpenAIError as error:
                raise self._mapped(error, about) from error
            except (ValueError, RecursionError) as error:
                raise TranscriptError(
                    f"{self._model} at {self.address} did not answer with a transcription ({about}): {error}"
                ) from error

    def _sent(self, file: bytes, language: str | None, prompt: str | None, form: int) -> Any:
        options: dict[str, Any] = {"response_format": FORMS[form]}
        if language:
            options["language"] = language
        if prompt:
            options["prompt"] = prompt
        raw = self._client.audio.transcriptions.with_raw_response.create(
            model=self._model, file=("part.flac", file, "audio/flac"), **options
        )
        return json.loads(raw.http_response.content)

    def _mapped(self, error: "openai.OpenAIError", about: str) -> PodcastInsightsError:
        """Return our error for one of the library's."""
        import openai

        who = f"{self._model} at {self.address} ({about}): {shown_error(error, self._api_key)}"
        if isinstance(error, openai.RateLimitError):
            if error.code == "insufficient_quota":
                return WhisperError(f"the quota of the transcription server's key is used up: {who}")
            return NetworkError(f"the transcription server asks to wait, {who}", status=429)
        if isinstance(error, openai.APIConnectionError | openai.InternalServerError):
            return NetworkError(f"the transcription server gives no answer, {who}")
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return WhisperError(
                "the transcription server does not accept the key; set PODCAST_INSIGHTS_TRANSCRIPTION__API_KEY (or, "
                f"without transcription.base_url, OPENAI_API_KEY). {who}"
            )
        if isinstance(error, openai.NotFoundError):
            return WhisperError(
                f"the transcription server does not know the model or the address; check transcription.model and "
                f"transcription.base_url. {who}"
            )
        status = error.status_code if isinstance(error, openai.APIStatusError) else None
        hint = "; lower transcription.max_upload_bytes or transcription.part_s" if status == 413 else ""
        return RefusedError(f"the transcription server refuses it{hint}: {who}", status=status)


def _is_about_language(error: "openai.APIStatusError", told: str) -> bool:
    """Whether a server does not take a language ("Invalid language 'tlh'"): a feed may state any."""
    text = str(error).lower()
    return "language" in text and re.search(rf"\b{re.escape(told)}\b", text) is not None


def _is_about_form(error: "openai.APIStatusError") -> bool:
    text = str(error).lower()
    return any(word in text for word in _FORM_WORDS)
