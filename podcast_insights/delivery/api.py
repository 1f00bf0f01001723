"""The digests for programs: static JSON files under ``api/v1/``, with a schema beside them.

``index.json`` lists the days; ``days/<date>.json`` holds all that was published on a day; ``schema.json`` describes
both. Names are only ever added within ``v1``. Times are seconds in the episode, days are ISO dates, and paths of pages
are relative to the site.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from podcast_insights.delivery.contents import Contents
from podcast_insights.delivery.links import api_day, insight_page
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.delivery.views import digest_view, entry_view
from podcast_insights.digest.values import Digest, DigestEntry, RelatedInsight
from podcast_insights.settings import DeliverySettings


class _Published(BaseModel):
    model_config = ConfigDict(frozen=True)


class ApiSource(_Published):
    """Where an insight was said."""

    show_id: str = Field(description="The show.")
    show_title: str = Field(description="Its title.")
    episode_id: str = Field(description="The episode.")
    episode_title: str = Field(description="Its title.")
    episode_date: date = Field(description="The day on which it was published.")
    episode_url: str | None = Field(description="Its page, at the publisher's.")
    listen_url: str | None = Field(description="The audio, from the second at which the quote begins.")
    start_s: float = Field(description="The second at which the quote begins.")
    end_s: float = Field(description="The second at which it ends.")


class ApiScore(_Published):
    """What an insight was ranked by; each number from 0 to 1."""

    value: float = Field(description="How much it says that is worth knowing.")
    novelty: float = Field(description="How unlike it is to what was published before.")
    preference: float = Field(description="How close it is to what the reader follows.")
    freshness: float = Field(description="How new its episode is.")
    support: float = Field(description="How many other shows say the same.")
    total: float = Field(description="All of them, weighed.")


class ApiAgreement(_Published):
    """Another show that says the same."""

    insight_id: str = Field(description="The insight of that show.")
    show_title: str = Field(description="The show's title.")


class ApiRelated(_Published):
    """Another published insight about the same."""

    insight_id: str = Field(description="That insight.")
    page: str = Field(description="Its page, relative to the site.")
    similarity_ratio: float = Field(description="How similar the two are, 0 to 1.")
    compared_by: str = Field(description="words, or the embeddings model whose vectors were compared.")
    stance: Literal["agrees", "disputes", "neither"] | None = Field(
        description="What a language model says of the two; null where none was asked or it did not answer."
    )


class ApiInsight(_Published):
    """One chosen insight."""

    insight_id: str = Field(description="The same for ever.")
    rank: int = Field(description="1 is the day's strongest.")
    page: str = Field(description="Its page, relative to the site.")
    claim: str = Field(description="The claim, as a headline.")
    explanation: str = Field(description="What it adds to the claim; may be empty.")
    quote: str = Field(description="The speaker's own words, word for word as in the transcript.")
    said_before: str = Field(description="What was said before the quote; may be empty.")
    said_after: str = Field(description="What was said after it; may be empty.")
    speaker: str | None = Field(description="Who says it, where the transcript knows.")
    language: str | None = Field(description="The language of the show.")
    topics: tuple[str, ...] = Field(description="What it is about.")
    kind: str = Field(description="claim, advice, prediction, explanation, data or story.")
    reason: str = Field(description="Why it was chosen, as a sentence.")
    source: ApiSource
    score: ApiScore
    also_said_by: tuple[ApiAgreement, ...] = Field(description="Independent shows that say the same.")
    related: tuple[ApiRelated, ...] = Field(description="What else was published about the same, nearest first.")


class ApiDay(_Published):
    """The file of a day."""

    version: Literal[1] = 1
    date: date
    page: str = Field(description="The day's page, relative to the site.")
    summary: str = Field(description="How many were chosen, from how many.")
    revision: int = Field(description="1 for the first build; grows when a rebuilt day chooses differently.")
    built_at: datetime = Field(description="When it was built (UTC).")
    insights: tuple[ApiInsight, ...] = Field(description="Strongest first.")


class ApiDayLink(_Published):
    """A day in the list of days."""

    date: date
    path: str = Field(description="Its file, relative to the site.")
    insights: int = Field(description="How many insights it holds.")
    revision: int = Field(description="Its revision.")


class ApiIndex(_Published):
    """The list of days."""

    version: Literal[1] = 1
    title: str = Field(description="The site's title.")
    days: tuple[ApiDayLink, ...] = Field(description="Newest first.")


def day_json(digest: Digest, contents: Contents) -> bytes:
    """Return the file of a day; its insights are related to others of ``contents``."""
    view = digest_view(digest)
    day = ApiDay(
        date=digest.digest_date,
        page=view.page,
        summary=view.summary,
        revision=digest.revision,
        built_at=digest.built_at.astimezone(UTC),
        insights=tuple(
            api_insight(entry, [relation for _, relation in contents.related_to(entry)]) for entry in digest.entries
        ),
    )
    return day.model_dump_json(indent=1).encode()


def index_json(digests: tuple[Digest, ...], settings: DeliverySettings) -> bytes:
    """Return the list of days (``digests`` newest first)."""
    links = tuple(
        ApiDayLink(
            date=digest.digest_date,
            path=api_day(digest.digest_date),
            insights=len(digest.entries),
            revision=digest.revision,
        )
        for digest in digests
    )
    index = ApiIndex(title=clean_text(settings.site_title, NAME_LENGTH), days=links)
    return index.model_dump_json(indent=1).encode()


def schema_json() -> bytes:
    """Return the JSON Schema of the files."""
    from pydantic.json_schema import models_json_schema

    _, schema = models_json_schema([(ApiIndex, "serialization"), (ApiDay, "serialization")])
    return json.dumps(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"}, indent=1).encode()


def api_insight(entry: DigestEntry, related: Sequence[RelatedInsight] = ()) -> ApiInsight:
    """Return a chosen insight as programs read it: texts cleaned, links checked, with its neighbours."""
    view = entry_view(entry)
    insight, shown = entry.candidate.insight, view.insight
    parts = entry.parts
    return ApiInsight(
        insight_id=insight.insight_id,
        rank=entry.rank,
        page=shown.page,
        claim=shown.claim,
        explanation=shown.explanation,
        quote=shown.quote,
        said_before=view.said_before,
        said_after=view.said_after,
        speaker=shown.speaker,
        language=shown.language,
        topics=shown.topics,
        kind=insight.kind,
        reason=view.reason,
        source=ApiSource(
            show_id=insight.show_id,
            show_title=shown.show_title,
            episode_id=insight.episode_id,
            episode_title=shown.episode_title,
            episode_date=shown.episode_date,
            episode_url=shown.episode_url,
            listen_url=shown.listen_url,
            start_s=round(insight.start_s, 1),
            end_s=round(insight.end_s, 1),
        ),
        score=ApiScore(
            value=round(parts.value, 4),
            novelty=round(parts.novelty, 4),
            preference=round(parts.preference, 4),
            freshness=round(parts.freshness, 4),
            support=round(parts.support, 4),
            total=round(parts.total, 4),
        ),
        also_said_by=tuple(
            ApiAgreement(insight_id=id_, show_title=title)
            for (id_, _), (title, _) in zip(entry.also_said_by, view.also_said_by, strict=True)
        ),
        related=tuple(
            ApiRelated(
                insight_id=relation.related_insight_id,
                page=insight_page(relation.related_insight_id),
                similarity_ratio=round(relation.similarity_ratio, 4),
                compared_by=relation.compared_by,
                stance=relation.stance,
            )
            for relation in related
        ),
    )
