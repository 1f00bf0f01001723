"""What a reader sees of a digest: every word cleaned, every link checked, every number as it is printed.

The site, its feeds, the mail and the Dagster UI all show these views, so an insight looks the same everywhere and
hostile text is dealt with in one place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache

from podcast_insights.delivery.links import WEB_SCHEMES, day_page, insight_page, listen_url, safe_url, timecode
from podcast_insights.delivery.repeats import after_claim, has_same_words, is_said_in
from podcast_insights.delivery.text import CLAIM_LENGTH, EXPLANATION_LENGTH, NAME_LENGTH, QUOTE_LENGTH, clean_text
from podcast_insights.digest.score import WEIGHTS
from podcast_insights.digest.values import Candidate, Digest, DigestEntry, ScoreParts

MOST_TOPICS = 6
# The site asks again and again for those of everything that was ever published.
TOPICS_KEPT = 20_000

PART_MEANINGS: Mapping[str, str] = {
    "value": "how much it says that is worth knowing",
    "novelty": "how unlike it is to what was published before",
    "preference": "how close it is to what this digest follows",
    "freshness": "how new its episode is",
    "support": "how many other shows say the same",
}

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightView:
    """One insight with its source. ``quote_repeats`` is true where the claim already is in the quote's own words."""

    insight_id: str
    page: str
    claim: str
    explanation: str
    quote: str
    quote_repeats: bool
    speaker: str | None
    show_title: str
    episode_title: str
    episode_url: str | None
    episode_date: date
    timecode: str
    listen_url: str | None
    topics: tuple[str, ...]
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of a score, in percent, with how much it weighs."""

    name: str
    meaning: str
    percent: int
    weight_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One chosen insight of a day. ``also_said_by`` has the title of each show and the page of its insight.

    ``said_before`` and ``said_after`` are the words around the quote, empty where they are not known.
    ``is_explained_there`` is true where the explanation stands whole in quote and surroundings: then the page of the
    insight would say it twice.
    """

    insight: InsightView
    show_id: str
    digest_date: date
    rank: int
    reason: str
    parts: tuple[PartView, ...]
    total_percent: int
    also_said_by: tuple[tuple[str, str], ...]
    said_before: str
    said_after: str
    is_explained_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """The digest of one day; ``summary`` is its one line of numbers."""

    digest_date: date
    page: str
    title: str
    summary: str
    entries: tuple[EntryView, ...]
    revision: int


def insight_view(candidate: Candidate) -> InsightView:
    """Return what a reader sees of an insight."""
    insight = candidate.insight
    claim = shown_claim(candidate)
    explanation = clean_text(insight.explanation, EXPLANATION_LENGTH)
    quote = clean_text(insight.quote, QUOTE_LENGTH)
    return InsightView(
        insight_id=insight.insight_id,
        page=insight_page(insight.insight_id),
        claim=claim,
        explanation=after_claim(claim, explanation),
        quote=quote,
        quote_repeats=has_same_words(f"{claim} {after_claim(claim, explanation)}", quote),
        speaker=clean_text(insight.speaker or "", NAME_LENGTH) or None,
        show_title=shown_show(candidate),
        episode_title=shown_episode(candidate),
        episode_url=safe_url(candidate.episode_url, WEB_SCHEMES),
        episode_date=candidate.episode_date,
        timecode=timecode(insight.start_s),
        listen_url=listen_url(candidate.audio_url, insight.start_s),
        topics=shown_topics(candidate),
        language=shown_language(candidate),
    )


def entry_view(entry: DigestEntry) -> EntryView:
    """Return what a reader sees of a chosen insight."""
    insight = insight_view(entry.candidate)
    before, after = clean_text(entry.context_before, QUOTE_LENGTH), clean_text(entry.context_after, QUOTE_LENGTH)
    return EntryView(
        insight=insight,
        show_id=entry.candidate.insight.show_id,
        digest_date=entry.digest_date,
        rank=entry.rank,
        reason=clean_text(entry.reason, CLAIM_LENGTH),
        parts=_part_views(entry.parts),
        total_percent=round(100 * entry.parts.total),
        also_said_by=tuple((_shown_title(title), insight_page(id_)) for id_, title in entry.also_said_by),
        said_before=before,
        said_after=after,
        is_explained_there=is_said_in(f"{before} {insight.quote} {after}", insight.explanation),
    )


def shown_claim(candidate: Candidate) -> str:
    """Return the claim as a headline."""
    return clean_text(candidate.insight.claim, CLAIM_LENGTH) or "(no words)"


def shown_show(candidate: Candidate) -> str:
    """Return the title of the show."""
    return _shown_title(candidate.show_title)


def _shown_title(title: str) -> str:
    return clean_text(title, NAME_LENGTH) or "Untitled show"


def shown_episode(candidate: Candidate) -> str:
    """Return the title of the episode."""
    return clean_text(candidate.episode_title, NAME_LENGTH) or "Untitled episode"


def shown_topics(candidate: Candidate) -> tuple[str, ...]:
    """Return what the insight is about, each topic once however it is capitalised."""
    return _shown_topics(candidate.insight.topics)


@lru_cache(TOPICS_KEPT)
def _shown_topics(topics: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (clean_text(topic, NAME_LENGTH) for topic in topics[:MOST_TOPICS])
    by_name = {topic.casefold(): topic for topic in reversed(list(filter(None, cleaned)))}
    return tuple(reversed(by_name.values()))


def shown_language(candidate: Candidate) -> str | None:
    """Return the language as a tag that may stand in a page, or None."""
    language = candidate.language
    return language if language is not None and _LANGUAGE.fullmatch(language) else None


def digest_view(digest: Digest) -> DigestView:
    """Return what a reader sees of a day."""
    return DigestView(
        digest_date=digest.digest_date,
        page=day_page(digest.digest_date),
        title=long_date(digest.digest_date),
        summary=_summary(digest),
        entries=tuple(entry_view(entry) for entry in digest.entries),
        revision=digest.revision,
    )


def long_date(day: date) -> str:
    """Return a day as it is written in a headline: ``Friday, 13 November 2026``."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, small numbers as words: ``one show``, ``12 shows``."""
    return f"{in_words(number)} {noun}" if number == 1 else f"{in_words(number)} {noun}s"


def in_words(number: int) -> str:
    """Return a number up to ten as a word, a larger one in digits."""
    return NUMBER_WORDS[number] if number < len(NUMBER_WORDS) else f"{number:,}"


def _summary(digest: Digest) -> str:
    return _found(digest) + _unfinished(digest)


def _unfinished(digest: Digest) -> str:
    number = digest.unfinished_episodes
    if not number:
        return ""
    verb = "was" if number == 1 else "were"
    return (
        f" {counted(number, 'episode').capitalize()} of the day {verb} not ready in time and may be in a later digest."
    )


def _found(digest: Digest) -> str:
    if not digest.considered:
        return "There was nothing new to choose from: no new insights came from your shows."
    shows = counted(digest.shows_considered, "show")
    if not digest.entries:
        found = counted(digest.considered, "insight")
        return f"Nothing was good enough: of {found} from {shows}, none was both new and worth your time."
    return (
        f"{counted(len(digest.entries), 'insight').capitalize()}, chosen from {in_words(digest.considered)} in {shows}."
    )


def _part_views(parts: ScoreParts) -> tuple[PartView, ...]:
    return tuple(
        PartView(
            name=field.name,
            meaning=PART_MEANINGS[field.name],
            percent=round(100 * getattr(parts, field.name)),
            weight_percent=round(100 * getattr(WEIGHTS, field.name)),
        )
        for field in fields(WEIGHTS)
    )
