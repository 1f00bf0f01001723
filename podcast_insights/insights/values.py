"""The values of the insight stage: an insight, an account of each call to a language model, and open batches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

InsightKind = Literal["claim", "advice", "prediction", "explanation", "data", "story"]
Grounding = Literal["verbatim", "drifted"]
ExtractorName = Literal["embedded", "llm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Yes/no questions on an insight, by rules or by a model; None where nobody answered."""

    stands_alone: bool | None = None
    makes_a_claim: bool | None = None
    gives_a_reason: bool | None = None
    is_news: bool | None = None
    can_be_acted_on: bool | None = None

    @property
    def yes_count(self) -> int:
        """How many of the questions are answered with yes."""
        return sum(getattr(self, name) is True for name in self.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """One claim with its reasoning, understood without the episode.

    ``quote`` is a substring of the transcript's text (its segments joined by single spaces), said by ``speaker`` from
    ``start_s`` to ``end_s`` in the segments ``first_segment`` to ``last_segment``. ``raw_score`` is on the scale of its
    extractor; ``value_ratio`` (0 to 1) is the comparable estimate that ranking uses. ``insight_id`` is stable: the same
    extractor on the same transcript gives the same id. ``judged_by`` is the second model that answered ``criteria``,
    None where the extractor did.
    """

    insight_id: str
    episode_id: str
    show_id: str
    claim: str
    explanation: str
    quote: str
    speaker: str | None
    start_s: float
    end_s: float
    first_segment: int
    last_segment: int
    topics: tuple[str, ...]
    kind: InsightKind
    extractor: ExtractorName
    model: str | None
    prompt_version: str | None
    grounding: Grounding
    criteria: Criteria
    raw_score: float
    value_ratio: float
    fingerprint: str
    judged_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMCall:
    """One answered or failed call to a language model, for the account of tokens and money."""

    call_id: str
    episode_id: str
    purpose: str
    model: str
    status: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost_usd: float | None
    duration_s: float
    called_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What a model answered about one stretch of a transcript, as JSON, and the calls that were paid for it."""

    items: str
    calls: tuple[LLMCall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeInsights:
    """What extraction gave for one episode: the insights kept, and a count of what was refused and why."""

    episode_id: str
    show_id: str
    insights: tuple[Insight, ...]
    fingerprint: str
    candidates: int
    refused: tuple[tuple[str, int], ...] = ()
    calls: tuple[LLMCall, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBatch:
    """A batch that a server works on, with the fingerprints of what it was asked.

    ``batch_id`` is None from before it is sent until the server has named it.
    """

    batch_id: str | None
    fingerprints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBatches:
    """All batches whose answers were not fetched yet."""

    batches: tuple[OpenBatch, ...] = ()
