"""The exception tree: one class for each decision that a caller can make.

Every error that leaves a domain package is one of these. ``retryable`` says whether the same call may succeed later
without anybody changing anything; ``code`` is the short reason that the table ``skipped`` keeps. Errors of the layer
below are mapped where they occur (``raise ... from error``), and ``defs/failures.py`` is the only place that
translates this tree for Dagster.

::

    PodcastInsightsError
     ├── SettingsError               a setting is missing or wrong
     ├── NetworkError                no answer, a time-out, 429 or 5xx            (retryable)
     ├── RefusedError                the server said no for good: 401, 403, 404 ...
     │    └── GoneError              410: it says that it is gone
     ├── UnsafeAddressError          a URL that leads where we do not go
     ├── TooLargeError               more bytes than the limit
     │    └── TooSlowError           more time than the limit                     (retryable)
     ├── FeedError                   the body is not a feed that can be read
     │    └── HeldFeedError          it gave its episodes new guids: a person decides
     ├── AudioError                  not audio, or damaged
     ├── TranscriptError             a transcript that cannot be read or trusted
     ├── WhisperError                the recogniser's model, device or key cannot be used
     │    └── SpeechBudgetError      the cap on spending was reached
     ├── OutOfTimeError              the run ended before it was this item's turn  (retryable)
     ├── LLMError                    the language model gave nothing usable
     │    ├── LLMUnavailableError    no connection, rate limit, server error      (retryable)
     │    ├── LLMRefusedError        the model declined; asking again is no use
     │    ├── LLMBudgetError         the cap on spending was reached
     │    └── QuotaUsedUpError       the provider's quota of the key was reached
     ├── StorageError                a file could not be read or written
     │    ├── StorageFullError       no space left                                (retryable)
     │    ├── DiskBudgetError        no room left of what the settings allow      (retryable)
     │    ├── InUseError             another run is at work on the same file      (retryable)
     │    └── DamagedFileError       a stored file is not what was written
     │         └── DamagedAudioError  so is stored audio, which can be had again     (retryable)
     ├── DeliveryError               the digest did not reach a recipient
     │    ├── DeliveryDelayedError   4xx: not this time                           (retryable)
     │    │    └── ServerUnreachableError   no connection to the mail server      (retryable)
     │    └── AcceptanceUnknownError      it may have arrived: nobody answered
     └── QualityError                a blocking check failed on what would be used
"""

from typing import ClassVar


class PodcastInsightsError(Exception):
    """The root of every error that the domain packages raise."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False


class SettingsError(PodcastInsightsError):
    """A setting is missing or wrong; the message names the key and what is allowed."""

    code = "settings"


class NetworkError(PodcastInsightsError):
    """No answer, a time-out, or an answer that asks to come back later (429, 5xx).

    ``status`` is the answer's HTTP status (None where there was no answer), ``retry_after_s`` how long it asks to wait.
    """

    code = "network"
    retryable = True

    def __init__(self, message: str = "", *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class RefusedError(PodcastInsightsError):
    """The server refused for good (401, 403, 404 and the other 4xx); ``status`` is its answer."""

    code = "refused"

    def __init__(self, message: str = "", *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class GoneError(RefusedError):
    """The server answered 410: it says that what was asked for is gone for good."""

    code = "gone"


class UnsafeAddressError(PodcastInsightsError):
    """A URL whose scheme or resolved address is not allowed."""

    code = "unsafe_address"


class TooLargeError(PodcastInsightsError):
    """A body was larger, or a transfer took longer, than its limit."""

    code = "too_large"


class TooSlowError(TooLargeError):
    """A transfer took longer than its limit; a download goes on from there the next time."""

    code = "too_slow"
    retryable = True


class FeedError(PodcastInsightsError):
    """A body that is not a feed, or a feed in which nothing can be read."""

    code = "unreadable_feed"


class HeldFeedError(FeedError):
    """A feed that gave most of its episodes new guids, so that nothing of it is taken over until a person says so."""

    code = "held_feed"


class AudioError(PodcastInsightsError):
    """A file that is not audio, or is damaged beyond use."""

    code = "bad_audio"


class TranscriptError(PodcastInsightsError):
    """A transcript that cannot be read, or that fails verification."""

    code = "bad_transcript"


class WhisperError(PodcastInsightsError):
    """The configured speech recogniser cannot be used: its model, its device, or its server's key."""

    code = "whisper"


class SpeechBudgetError(WhisperError):
    """What a run may spend on a transcription server is spent; a run of the same day would spend it again."""

    code = "speech_budget"


class OutOfTimeError(PodcastInsightsError):
    """The time of the run was over before the item was done; what was done of it is kept."""

    code = "out_of_time"
    retryable = True


class LLMError(PodcastInsightsError):
    """The language model gave nothing that can be used."""

    code = "llm"


class LLMUnavailableError(LLMError):
    """The language model could not be reached or asked to wait."""

    code = "llm_unavailable"
    retryable = True


class LLMRefusedError(LLMError):
    """The language model declined to answer; asking again is no use."""

    code = "llm_refused"


class LLMBudgetError(LLMError):
    """The cap on calls or spending was reached."""

    code = "llm_budget"


class QuotaUsedUpError(LLMError):
    """The key has no quota left; the provider calls it a rate limit, but waiting does not help."""

    code = "llm_quota"


class StorageError(PodcastInsightsError):
    """A file could not be read or written."""

    code = "storage"


class StorageFullError(StorageError):
    """No space was left where the file goes."""

    code = "storage_full"
    retryable = True


class DiskBudgetError(StorageError):
    """What the settings allow for files is used up by files that are still needed."""

    code = "disk_budget"
    retryable = True


class InUseError(StorageError):
    """Another run is at work on the same file."""

    code = "in_use"
    retryable = True


class DamagedFileError(StorageError):
    """A stored file is not what was written."""

    code = "damaged_file"


class DamagedAudioError(DamagedFileError):
    """Stored audio is not what was downloaded; it was removed, and the next run downloads it again."""

    code = "damaged_audio"
    retryable = True


class DeliveryError(PodcastInsightsError):
    """The digest did not reach a recipient, for good."""

    code = "delivery"


class DeliveryDelayedError(DeliveryError):
    """The digest did not reach a recipient this time; a later try may succeed."""

    code = "delivery_delayed"
    retryable = True


class ServerUnreachableError(DeliveryDelayedError):
    """There was no connection to the mail server, so every other recipient would fail alike."""

    code = "server_unreachable"


class AcceptanceUnknownError(DeliveryError):
    """The connection ended after the whole message was sent and before the server answered: it may have arrived."""

    code = "acceptance_unknown"


class QualityError(PodcastInsightsError):
    """A blocking check failed on data that this step would have used."""

    code = "quality"
