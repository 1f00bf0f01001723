"""The site's own feeds: Atom and JSON Feed 1.1, one item for each insight of the latest days.

Item ids are ``tag:`` URIs that depend on the insight alone: they stay when the site moves or gets its first address.
Links are absolute where ``site_url`` is set, and relative to the feed otherwise.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

from podcast_insights.days import day_bounds
from podcast_insights.delivery.links import ATOM_FILE, HOME_PAGE, JSON_FEED_FILE, absolute_link, relative_link
from podcast_insights.delivery.templating import render
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.delivery.views import EntryView, entry_view
from podcast_insights.digest.values import Digest
from podcast_insights.settings import DeliverySettings

TAG_PREFIX = "tag:podcast-insights,2024:"
DAYS_IN_FEED = 14
DESCRIPTION = "The insights of the day from podcasts, each with its quote and the second at which it was said."
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def atom_feed(digests: Sequence[Digest], *, settings: DeliverySettings, zone: ZoneInfo) -> bytes:
    """Return the Atom feed of the latest digests (``digests`` newest first)."""
    from feedgenerator import Atom1Feed

    title = clean_text(settings.site_title, NAME_LENGTH)
    feed = Atom1Feed(
        title=title,
        link=_link(settings, HOME_PAGE),
        description=DESCRIPTION,
        language="en",
        author_name=title,
        feed_url=_link(settings, ATOM_FILE),
        feed_guid=f"{TAG_PREFIX}feed",
    )
    for digest, view in _latest_entries(digests):
        insight = view.insight
        feed.add_item(
            title=insight.claim,
            link=_link(settings, insight.page),
            description=None,
            content=_content(view),
            author_name=insight.speaker or insight.show_title,
            unique_id=f"{TAG_PREFIX}insight/{insight.insight_id}",
            pubdate=_published_at(digest, zone),
            updateddate=digest.built_at,
            categories=insight.topics,
        )
    # A feed without items would take the clock's time as its own; the same input must give the same bytes.
    feed.latest_post_date = lambda: max((digest.built_at for digest in digests), default=EPOCH)
    text = StringIO()
    feed.write(text, "utf-8")
    return text.getvalue().encode()


def json_feed(digests: Sequence[Digest], *, settings: DeliverySettings, zone: ZoneInfo) -> bytes:
    """Return the JSON Feed of the latest digests (``digests`` newest first)."""
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean_text(settings.site_title, NAME_LENGTH),
        "description": DESCRIPTION,
        "language": "en",
    }
    if settings.site_url:
        feed |= {"home_page_url": _link(settings, HOME_PAGE), "feed_url": _link(settings, JSON_FEED_FILE)}
    feed["items"] = [
        _json_item(digest, view, settings=settings, zone=zone) for digest, view in _latest_entries(digests)
    ]
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(digest: Digest, view: EntryView, *, settings: DeliverySettings, zone: ZoneInfo) -> dict[str, object]:
    insight = view.insight
    item: dict[str, object] = {
        "id": f"{TAG_PREFIX}insight/{insight.insight_id}",
        "url": _link(settings, insight.page),
        "title": insight.claim,
        "content_html": _content(view),
        "date_published": _published_at(digest, zone).isoformat(),
        "date_modified": digest.built_at.isoformat(),
        "authors": [{"name": insight.speaker or insight.show_title}],
        "tags": list(insight.topics),
    }
    if insight.listen_url:
        item["external_url"] = insight.listen_url
    if insight.language:
        item["language"] = insight.language
    return item


def _latest_entries(digests: Sequence[Digest]) -> Iterator[tuple[Digest, EntryView]]:
    for digest in digests[:DAYS_IN_FEED]:
        for entry in digest.entries:
            yield digest, entry_view(entry)


def _published_at(digest: Digest, zone: ZoneInfo) -> datetime:
    """Return the end of the digest's day, or when it was built if that was earlier: a rebuild does not change it."""
    return min(digest.built_at, day_bounds(digest.digest_date, zone)[1])


def _content(view: EntryView) -> str:
    return render("feed_item.html", entry=view).strip()


def _link(settings: DeliverySettings, page: str) -> str:
    return absolute_link(settings.site_url, page) if settings.site_url else relative_link(ATOM_FILE, page)
