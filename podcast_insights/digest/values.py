"""The values of the digest stage: candidates, score parts, and the chosen entries of a day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from podcast_insights.insights.values import Insight

BY_WORDS = "words"

Stance = Literal["agrees", "disputes", "neither"]
PreferenceKind = Literal["follow", "mute", "like", "dislike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One thing that a reader said, about a term ("follow", "mute") or an insight ("like", "dislike").

    ``subject`` is the term as it was written, or the insight's id. ``show_id`` and ``topics`` are the insight's: what a
    vote tells about others. ``label`` is what to show a person: the term, or the insight's claim. ``recipient`` is the
    casefolded address of the one whose mail it shapes, empty where it shapes the digest itself.
    """

    subject: str
    kind: PreferenceKind
    label: str
    said_at: datetime
    show_id: str | None = None
    topics: tuple[str, ...] = ()
    recipient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An insight that may enter a digest, with what a reader must know about its source."""

    insight: Insight
    show_title: str
    episode_title: str
    episode_date: date
    published_at: datetime
    episode_url: str | None = None
    audio_url: str | None = None
    language: str | None = None
    show_priority: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreParts:
    """What a candidate's score is made of; each part is a ratio from 0 to 1."""

    value: float
    novelty: float
    preference: float
    freshness: float
    support: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEntry:
    """One chosen insight of a day. ``rank`` starts at 1; ``reason`` is one plain sentence for the reader.

    ``also_said_by`` lists the (insight_id, show title) of independent shows that say the same and were merged into
    this entry. ``context_before`` and ``context_after`` are what was said around the quote, empty where unknown.
    """

    digest_date: date
    rank: int
    candidate: Candidate
    parts: ScoreParts
    reason: str
    also_said_by: tuple[tuple[str, str], ...] = ()
    context_before: str = ""
    context_after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The digest of one day: at most ``top_n`` entries, best first, and how many insights were considered.

    ``revision`` starts at 1 and grows when a rebuilt day chooses differently; ``fingerprint`` is of the entries.
    ``unfinished_episodes`` counts the day's episodes that were still in work when it went out.
    """

    digest_date: date
    entries: tuple[DigestEntry, ...]
    considered: int
    eligible: int
    shows_considered: int
    built_at: datetime
    fingerprint: str
    revision: int = 1
    unfinished_episodes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedInsight:
    """An insight that stands in a digest, as far as it is compared with others."""

    digest_date: date
    episode_date: date
    insight_id: str
    episode_id: str
    show_id: str
    claim: str
    explanation: str
    fingerprint: str

    @classmethod
    def of(cls, entry: DigestEntry) -> "PublishedInsight":
        """Return what an entry has of it."""
        insight = entry.candidate.insight
        return cls(
            digest_date=entry.digest_date,
            episode_date=entry.candidate.episode_date,
            insight_id=insight.insight_id,
            episode_id=insight.episode_id,
            show_id=insight.show_id,
            claim=insight.claim,
            explanation=insight.explanation,
            fingerprint=insight.fingerprint,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedInsight:
    """A neighbour of an insight, with the similarity (0 to 1) of their texts.

    ``compared_by`` is ``words``, or the embeddings model of whose vectors the similarity is the cosine. ``stance`` is
    what a language model says of the two, None where none was asked or its answer was unusable; the fingerprint is of
    what it was asked.
    """

    insight_id: str
    related_insight_id: str
    similarity_ratio: float
    compared_by: str = BY_WORDS
    stance: Stance | None = None
    stance_fingerprint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightVector:
    """What an embeddings model makes of an insight's text.

    ``vector`` is a unit vector, as its numbers in 32 bits each, little-endian. ``text_fingerprint`` is of the text: an
    insight whose words change has another vector.
    """

    insight_id: str
    model: str
    text_fingerprint: str
    dimensions: int
    vector: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An insight near another one, with the similarity (0 to 1) of the two."""

    insight_id: str
    similarity_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """The insights nearest to one insight when it was compared with everything published, other shows first."""

    insight_id: str
    near: tuple[Near, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNeighbours:
    """The neighbourhoods of the insights that the digest of a day published."""

    neighbourhoods: tuple[Neighbourhood, ...]
