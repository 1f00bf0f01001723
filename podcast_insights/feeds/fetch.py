"""One feed over the network: asked only for what changed, read, and followed where it says that it moved.

The validators (ETag, Last-Modified, the body's hash) are used only where the stored episodes are the ones that they
vouch for; otherwise a "not modified" would hide episodes that were lost. A feed that names a new address is read from
there for this poll; without validators, because theirs are those of the old address.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from podcast_insights.errors import NetworkError, PodcastInsightsError
from podcast_insights.feeds.decide import items_fingerprint
from podcast_insights.feeds.identity import normalised_url
from podcast_insights.feeds.parse import parse_feed
from podcast_insights.feeds.schedule import conditional_headers
from podcast_insights.feeds.values import Episode, ParsedFeed, Show
from podcast_insights.settings import FeedSettings, ShowSettings
from podcast_insights.web import WebResponse
from podcast_insights.web_redact import redact_url


class Web(Protocol):
    """What polling needs of the network; called from several threads."""

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int, timeout_s: float
    ) -> WebResponse:
        """Return the answer to a GET (see ``web.WebClient.get``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFeed:
    """An answer with what was read in it; ``feed`` is None where nothing changed.

    ``etag``, ``last_modified`` and ``body_sha256`` are what the next poll should ask with.
    """

    response: WebResponse
    feed: ParsedFeed | None
    etag: str | None
    last_modified: str | None
    body_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFeed:
    """A feed that was asked, with its answer or its error; ``known`` is None where the catalogue could not be read."""

    settings: ShowSettings
    show: Show
    known: tuple[Episode, ...] | None
    asked_at: datetime
    duration_s: float
    answer: FetchedFeed | PodcastInsightsError


def fetch_feed(show: Show, known: Sequence[Episode], web: Web, *, settings: FeedSettings, now: datetime) -> FetchedFeed:
    """Return what a show's feed says now.

    Raises:
        FeedError: What came is not a feed.
        NetworkError: See ``web.WebClient.get``; also where 304 answers a request without conditions.
        RefusedError: See ``web.WebClient.get``.
        UnsafeAddressError: See ``web.WebClient.get``.
        TooLargeError: See ``web.WebClient.get``.
    """
    is_vouched_for = show.items_fingerprint == items_fingerprint(known)
    conditions = conditional_headers(show) if is_vouched_for else {}
    response = _get(show.feed_url, web, settings, conditions)
    if response.status == 304:
        if not conditions:
            raise NetworkError(f"{redact_url(show.feed_url)} answered 304 although nothing was asked of it", status=304)
        return FetchedFeed(
            response=response,
            feed=None,
            etag=response.headers.get("ETag") or show.etag,
            last_modified=response.headers.get("Last-Modified") or show.last_modified,
            body_sha256=show.body_sha256,
        )
    body_sha256 = hashlib.sha256(response.body).hexdigest()
    is_same = is_vouched_for and body_sha256 == show.body_sha256
    feed = None if is_same else _parsed(response, now)
    moved = _from_new_address(feed, show, web, settings, now) if feed else None
    if moved:
        return moved
    return FetchedFeed(
        response=response,
        feed=feed,
        etag=response.headers.get("ETag"),
        last_modified=response.headers.get("Last-Modified"),
        body_sha256=body_sha256,
    )


def _from_new_address(
    feed: ParsedFeed, show: Show, web: Web, settings: FeedSettings, now: datetime
) -> FetchedFeed | None:
    """Return the feed at the address that ``itunes:new-feed-url`` names, or None where that gives no feed."""
    url = feed.new_feed_url
    is_downgrade = bool(url) and show.feed_url.startswith("https:") and not str(url).startswith("https:")
    if not url or is_downgrade or normalised_url(url) == normalised_url(show.feed_url):
        return None
    try:
        response = _get(url, web, settings, {})
        moved = _parsed(response, now)
    except PodcastInsightsError:
        return None
    return FetchedFeed(response=response, feed=moved, etag=None, last_modified=None, body_sha256=None)


def _get(url: str, web: Web, settings: FeedSettings, conditions: Mapping[str, str]) -> WebResponse:
    return web.get(url, headers=conditions, max_bytes=settings.max_feed_bytes, timeout_s=settings.timeout_s)


def _parsed(response: WebResponse, now: datetime) -> ParsedFeed:
    content_type = response.headers.get("Content-Type")
    return parse_feed(response.body, feed_url=response.final_url, content_type=content_type, now=now)
