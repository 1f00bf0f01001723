"""The values of the transcript stage: segments of text with their times, and where they came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TranscriptSource = Literal["publisher", "whisper"]
TranscriptFormat = Literal["vtt", "srt", "json", "html", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of speech by one speaker. Times are seconds from the start of the audio.

    ``end_s`` is at least ``start_s``. Where the source has no times (plain text, some HTML), they are spread over the
    episode's duration by length and the transcript says ``has_times=False``. ``is_ad`` marks sponsor reads and
    housekeeping, and ``ad_reason`` says by what they were known. ``ad_confidence`` (0 to 1) is the share of such marks
    that was advertising where people looked, None where that is not known.
    """

    index: int
    start_s: float
    end_s: float
    text: str
    speaker: str | None = None
    is_ad: bool = False
    ad_reason: str | None = None
    ad_confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of one episode. ``fingerprint`` is made of everything that made it: same fingerprint, same words."""

    episode_id: str
    show_id: str
    source: TranscriptSource
    engine: str
    model: str | None
    language: str | None
    source_url: str | None
    has_times: bool
    duration_s: float
    segments: tuple[Segment, ...]
    fingerprint: str
    real_time_factor: float | None = None
    cost_usd: float | None = None
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a transcript can be trusted, and every reason against it as (code, sentence)."""

    problems: tuple[tuple[str, str], ...] = ()

    @property
    def is_trusted(self) -> bool:
        """Whether nothing speaks against the transcript."""
        return not self.problems

    def explain(self) -> str:
        """Return the reasons as one line for a person."""
        return "; ".join(sentence for _, sentence in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherTranscript:
    """What became of one publisher's transcript link of an episode.

    ``is_usable`` is true for at most one link of an episode: the best that could be read and passed verification, and
    only then ``transcript`` is set. Otherwise ``reason`` and ``message`` say why it is not used.
    """

    episode_id: str
    show_id: str
    url: str
    format: TranscriptFormat | None
    is_usable: bool
    reason: str
    message: str
    transcript: Transcript | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedLinks:
    """What became of the links of one episode, in the order in which they were tried.

    ``is_final`` is false where a failure of the network may have hidden a better answer.
    """

    episode_id: str
    rows: tuple[PublisherTranscript, ...]
    is_final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedText:
    """What an engine heard in a stretch of a file and did not believe; kept so that a person can look at it.

    ``temperature`` is how freely the words were drawn (0 to 1) when it was heard.
    """

    start_s: float
    end_s: float
    reason: str
    temperature: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedWindow:
    """The words that an engine heard in one stretch of a file; times are from the start of the file.

    ``language`` is the spoken language that was used or found, None where nothing was said. ``rejected`` is what was
    heard first, or beside the words, and not believed. ``has_times`` is false where the times were spread over the
    window by length. ``cost_usd`` is what a server asks for it, None where that is not known.
    """

    start_s: float
    end_s: float
    language: str | None
    segments: tuple[Segment, ...]
    compute_s: float
    rejected: tuple[RejectedText, ...] = ()
    has_times: bool = True
    cost_usd: float | None = None


def word_count(segments: Sequence[Segment]) -> int:
    """Return the number of whitespace-separated words in ``segments``."""
    return sum(len(segment.text.split()) for segment in segments)
