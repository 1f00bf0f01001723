"""The site's own feeds, as Atom and as JSON Feed 1.1, of the latest days: an item for each insight, or for each digest.

Item ids are ``tag:`` URIs that depend on the insight or the day alone: they stay when the site moves or gets its first
address. Links are absolute where ``site_url`` is set, and relative to the feed otherwise.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

from podcast_insights.days import day_bounds
from podcast_insights.delivery.links import (
    ATOM_FILE,
    DIGESTS_ATOM_FILE,
    DIGESTS_JSON_FILE,
    HOME_PAGE,
    JSON_FEED_FILE,
    absolute_link,
    relative_link,
)
from podcast_insights.delivery.templating import render
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.delivery.views import digest_view, entry_view
from podcast_insights.digest.values import Digest
from podcast_insights.settings import DeliverySettings

TAG_PREFIX = "tag:podcast-insights,2024:"
DAYS_IN_FEED = 14
DESCRIPTION = "The insights of the day from podcasts, each with its quote and the second at which it was said."
DIGESTS_DESCRIPTION = "One item a day: the insights of the day from podcasts."
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One item as both formats hold it; ``page`` is its page in the site."""

    tag: str
    page: str
    title: str
    content: str
    author: str
    published_at: datetime
    updated_at: datetime
    topics: tuple[str, ...] = ()
    listen_url: str | None = None
    language: str | None = None


def atom_feed(digests: Sequence[Digest], *, settings: DeliverySettings, zone: ZoneInfo) -> bytes:
    """Return the Atom feed of the insights of the latest digests (``digests`` newest first)."""
    return _atom(ATOM_FILE, "feed", DESCRIPTION, _insight_items(digests, zone), settings)


def json_feed(digests: Sequence[Digest], *, settings: DeliverySettings, zone: ZoneInfo) -> bytes:
    """Return the JSON Feed of the insights of the latest digests (``digests`` newest first)."""
    return _json(JSON_FEED_FILE, DESCRIPTION, _insight_items(digests, zone), settings)


def digests_atom_feed(digests: Sequence[Digest], *, settings: DeliverySettings, zone: ZoneInfo) -> bytes:
    """Return the Atom feed of the latest digests, one item for each (``digests`` newest first)."""
    return _atom(DIGESTS_ATOM_FILE, "digests", DIGESTS_DESCRIPTION, _digest_items(digests, settings, zone), settings)


def digests_json_feed(digests: Sequence[Digest], *, settings: DeliverySettings, zone: ZoneInfo) -> bytes:
    """Return the JSON Feed of the latest digests, one item for each (``digests`` newest first)."""
    return _json(DIGESTS_JSON_FILE, DIGESTS_DESCRIPTION, _digest_items(digests, settings, zone), settings)


def _insight_items(digests: Sequence[Digest], zone: ZoneInfo) -> Iterator[_Item]:
    seen: set[str] = set()
    for digest in digests[:DAYS_IN_FEED]:
        for entry in digest.entries:
            view = entry_view(entry)
            insight = view.insight
            # What stands in the digests of two days is one item, as it is one page: that of the later day.
            if insight.insight_id in seen:
                continue
            seen.add(insight.insight_id)
            yield _Item(
                tag=f"{TAG_PREFIX}insight/{insight.insight_id}",
                page=insight.page,
                title=insight.claim,
                content=render("feed_item.html", entry=view).strip(),
                author=insight.speaker or insight.show_title,
                published_at=_published_at(digest, zone),
                updated_at=digest.built_at,
                topics=insight.topics,
                listen_url=insight.listen_url,
                language=insight.language,
            )


def _digest_items(digests: Sequence[Digest], settings: DeliverySettings, zone: ZoneInfo) -> Iterator[_Item]:
    for digest in digests[:DAYS_IN_FEED]:
        day = digest_view(digest)
        pages = {entry.rank: _link(settings, DIGESTS_ATOM_FILE, entry.insight.page) for entry in day.entries}
        yield _Item(
            tag=f"{TAG_PREFIX}digest/{digest.digest_date.isoformat()}",
            page=day.page,
            title=day.title,
            content=render("feed_digest.html", day=day, pages=pages).strip(),
            author=clean_text(settings.site_title, NAME_LENGTH),
            published_at=_published_at(digest, zone),
            updated_at=digest.built_at,
        )


def _atom(file: str, name: str, description: str, items: Iterator[_Item], settings: DeliverySettings) -> bytes:
    from feedgenerator import Atom1Feed

    title = clean_text(settings.site_title, NAME_LENGTH)
    feed = Atom1Feed(
        title=title,
        link=_link(settings, file, HOME_PAGE),
        description=description,
        language="en",
        author_name=title,
        feed_url=_link(settings, file, file),
        feed_guid=f"{TAG_PREFIX}{name}",
    )
    latest_at = EPOCH
    for item in items:
        latest_at = max(latest_at, item.updated_at)
        feed.add_item(
            title=item.title,
            link=_link(settings, file, item.page),
            description=None,
            content=item.content,
            author_name=item.author,
            unique_id=item.tag,
            pubdate=item.published_at,
            updateddate=item.updated_at,
            categories=item.topics,
        )
    # A feed without items would take the clock's time as its own; the same input must give the same bytes.
    feed.latest_post_date = lambda: latest_at
    text = StringIO()
    feed.write(text, "utf-8")
    return text.getvalue().encode()


def _json(file: str, description: str, items: Iterator[_Item], settings: DeliverySettings) -> bytes:
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean_text(settings.site_title, NAME_LENGTH),
        "description": description,
        "language": "en",
    }
    if settings.site_url:
        feed |= {"home_page_url": _link(settings, file, HOME_PAGE), "feed_url": _link(settings, file, file)}
    feed["items"] = [_json_item(file, item, settings) for item in items]
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(file: str, item: _Item, settings: DeliverySettings) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": item.tag,
        "url": _link(settings, file, item.page),
        "title": item.title,
        "content_html": item.content,
        "date_published": item.published_at.isoformat(),
        "date_modified": item.updated_at.isoformat(),
        "authors": [{"name": item.author}],
        "tags": list(item.topics),
    }
    if item.listen_url:
        shown["external_url"] = item.listen_url
    if item.language:
        shown["language"] = item.language
    return shown


def _published_at(digest: Digest, zone: ZoneInfo) -> datetime:
    """Return the end of the digest's day, which a rebuild does not change.

    A digest that somebody made before its day was over has the time of its build, for no reader believes a date ahead;
    it is no more than a draft of the one that is made when the day is over.
    """
    return min(digest.built_at, day_bounds(digest.digest_date, zone)[1])


def _link(settings: DeliverySettings, file: str, page: str) -> str:
    return absolute_link(settings.site_url, page) if settings.site_url else relative_link(file, page)
