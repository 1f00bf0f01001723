"""What lists show: one line for an insight, a day or a chapter. Cheaper than the whole view of an insight.

A show's page lists hundreds of insights, and a topic's too; of each, a list needs its claim and who says it.
"""

from dataclasses import dataclass, replace
from datetime import date

from podcast_insights.delivery.links import day_page, insight_page, listen_url, timecode
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.delivery.views import long_date, shown_claim, shown_language, shown_show
from podcast_insights.digest.values import Digest, DigestEntry, RelatedInsight
from podcast_insights.feeds.values import Chapter

SHOWN_STANCES = ("agrees", "disputes")


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightLine:
    """One insight in a list: its claim, who says it and when it was chosen.

    ``stance`` is how it stands to the insight whose page lists it, where that is worth saying.
    """

    page: str
    claim: str
    speaker: str | None
    show_title: str
    digest_date: date
    language: str | None
    stance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One day in a list: its strongest claim with its language, None where nothing was good enough."""

    digest_date: date
    page: str
    title: str
    claim: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterLine:
    """One chapter of an episode, with the link that plays it."""

    title: str
    timecode: str
    listen_url: str | None


def insight_line(entry: DigestEntry) -> InsightLine:
    """Return what a list shows of a chosen insight."""
    candidate = entry.candidate
    return InsightLine(
        page=insight_page(candidate.insight.insight_id),
        claim=shown_claim(candidate),
        speaker=clean_text(candidate.insight.speaker or "", NAME_LENGTH) or None,
        show_title=shown_show(candidate),
        digest_date=entry.digest_date,
        language=shown_language(candidate),
    )


def related_line(entry: DigestEntry, relation: RelatedInsight) -> InsightLine:
    """Return what the page of an insight shows of a related one; "neither" is not worth a word."""
    stance = relation.stance if relation.stance in SHOWN_STANCES else None
    return replace(insight_line(entry), stance=stance)


def day_line(digest: Digest) -> DayLine:
    """Return what a list shows of a day."""
    strongest = digest.entries[0].candidate if digest.entries else None
    return DayLine(
        digest_date=digest.digest_date,
        page=day_page(digest.digest_date),
        title=long_date(digest.digest_date),
        claim=shown_claim(strongest) if strongest else None,
        language=shown_language(strongest) if strongest else None,
    )


def chapter_line(chapter: Chapter, audio_url: str | None) -> ChapterLine:
    """Return what a list shows of a chapter of the episode at ``audio_url``."""
    return ChapterLine(
        title=clean_text(chapter.title, NAME_LENGTH) or "Untitled chapter",
        timecode=timecode(chapter.start_s),
        listen_url=listen_url(audio_url, chapter.start_s),
    )
