"""One feed over the network: asked only for what changed, read, and followed where it moved.

The validators (ETag, Last-Modified, the body's hash) are used only where the stored episodes are the ones that they
vouch for; otherwise a "not modified" would hide episodes that were lost. A feed that names a new address is read there
where that is the same show; one that moved and is refused there is asked once at the address of the settings. Other
addresses are asked without validators, because theirs are those of the feed's own. Which address is polled from then
on is decided in ``moves``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from podcast_insights.errors import NetworkError, PodcastInsightsError
from podcast_insights.feeds.catalog import Catalog
from podcast_insights.feeds.moves import falls_back, is_same_show, named_address
from podcast_insights.feeds.parse import parse_feed
from podcast_insights.feeds.private import is_secret, unnamed, without_addresses
from podcast_insights.feeds.schedule import conditional_headers
from podcast_insights.feeds.values import ParsedFeed, Show
from podcast_insights.settings import FeedSettings, ShowSettings
from podcast_insights.web.client import WebResponse
from podcast_insights.web.redact import redact_url


class Web(Protocol):
    """What polling needs of the network; called from several threads."""

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int, timeout_s: float
    ) -> WebResponse:
        """Return the answer to a GET (see ``web.client.WebClient.get``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFeed:
    """An answer with what was read in it; ``feed`` is None where nothing changed.

    ``asked_url`` is the address that gave it. ``etag``, ``last_modified`` and ``body_sha256`` are what the next poll
    should ask with.
    """

    response: WebResponse
    feed: ParsedFeed | None
    asked_url: str
    etag: str | None
    last_modified: str | None
    body_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFeed:
    """A feed that was asked, with its answer or its error."""

    settings: ShowSettings
    show: Show
    asked_at: datetime
    duration_s: float
    answer: FetchedFeed | PodcastInsightsError


def fetch_feed(
    show: Show, catalog: Catalog, web: Web, *, settings: FeedSettings, now: datetime, in_full: bool = False
) -> FetchedFeed:
    """Return what a show's feed says now; ``in_full`` reads it even where nothing changed.

    Raises:
        FeedError: What came is not a feed.
        NetworkError: See ``web.client.WebClient.get``; also where 304 answers a request without conditions.
        RefusedError: See ``web.client.WebClient.get``.
        UnsafeAddressError: See ``web.client.WebClient.get``.
        TooLargeError: See ``web.client.WebClient.get``.
        StorageError: The show's stored episodes could not be read.
    """
    if is_secret(show.feed_url):
        with unnamed(show.feed_url):
            return _without_addresses(_fetched(show, catalog, web, settings, now, in_full=in_full), show)
    return _fetched(show, catalog, web, settings, now, in_full=in_full)


def fetch_whole(show: Show, web: Web, *, settings: FeedSettings, now: datetime) -> FetchedFeed:
    """Return what a show's feed says now, asked for all of it at the address that is polled; nothing else is tried.

    Raises:
        PodcastInsightsError: As for ``fetch_feed``.
    """
    return _from_own_address(show, web, settings, now, is_vouched_for=False)


def _without_addresses(fetched: FetchedFeed, show: Show) -> FetchedFeed:
    return replace(fetched, feed=fetched.feed and without_addresses(fetched.feed, show.feed_url))


def _fetched(
    show: Show, catalog: Catalog, web: Web, settings: FeedSettings, now: datetime, *, in_full: bool
) -> FetchedFeed:
    stored = catalog.episodes_fingerprint(show.show_id)
    is_vouched_for = not in_full and stored is not None and stored == show.items_fingerprint
    try:
        fetched = _from_own_address(show, web, settings, now, is_vouched_for=is_vouched_for)
    except PodcastInsightsError as error:
        if not falls_back(show, error):
            raise
        return _from_configured_address(show, web, settings, now, instead_of=error)
    url = named_address(fetched.feed, show) if fetched.feed and not is_secret(show.feed_url) else None
    return _from_named_address(url, fetched, show, catalog, web, settings, now) if url else fetched


def _from_own_address(
    show: Show, web: Web, settings: FeedSettings, now: datetime, *, is_vouched_for: bool
) -> FetchedFeed:
    conditions = conditional_headers(show) if is_vouched_for else {}
    response = _get(show.feed_url, web, settings, conditions)
    if response.status == 304:
        if not conditions:
            raise NetworkError(f"{redact_url(show.feed_url)} answered 304 although nothing was asked of it", status=304)
        return FetchedFeed(
            response=response,
            feed=None,
            asked_url=show.feed_url,
            etag=response.headers.get("ETag") or show.etag,
            last_modified=response.headers.get("Last-Modified") or show.last_modified,
            body_sha256=show.body_sha256,
        )
    return _read(response, show.feed_url, now, read_before=show.body_sha256 if is_vouched_for else None)


def _from_configured_address(
    show: Show, web: Web, settings: FeedSettings, now: datetime, *, instead_of: PodcastInsightsError
) -> FetchedFeed:
    """Return the feed at the address of the settings; where that fails too, raise what the moved address said."""
    try:
        return _read(_get(show.configured_url, web, settings, {}), show.configured_url, now)
    except PodcastInsightsError as error:
        raise instead_of from error


def _from_named_address(
    url: str, named_by: FetchedFeed, show: Show, catalog: Catalog, web: Web, settings: FeedSettings, now: datetime
) -> FetchedFeed:
    """Return the feed at the address that ``itunes:new-feed-url`` names, or what named it where it is another show."""
    try:
        moved = _read(_get(url, web, settings, {}), url, now)
    except PodcastInsightsError as error:
        # Without validators the feed is read again at the next poll, and the new address tried again.
        return replace(named_by, etag=None, last_modified=None, body_sha256=None) if error.retryable else named_by
    if named_by.feed and moved.feed and is_same_show(named_by.feed, catalog.episodes_of(show.show_id), moved.feed):
        return moved
    return named_by


def _get(url: str, web: Web, settings: FeedSettings, conditions: Mapping[str, str]) -> WebResponse:
    return web.get(url, headers=conditions, max_bytes=settings.max_feed_bytes, timeout_s=settings.timeout_s)


def _read(response: WebResponse, asked_url: str, now: datetime, *, read_before: str | None = None) -> FetchedFeed:
    """Return the answer with its feed; without, where its body has the hash of the one that was read before."""
    body_sha256 = hashlib.sha256(response.body).hexdigest()
    return FetchedFeed(
        response=response,
        feed=None if body_sha256 == read_before else feed_in(response, now),
        asked_url=asked_url,
        etag=response.headers.get("ETag"),
        last_modified=response.headers.get("Last-Modified"),
        body_sha256=body_sha256,
    )


def feed_in(response: WebResponse, now: datetime) -> ParsedFeed:
    """Return the feed in an answer.

    Raises:
        FeedError: What came is not a feed.
    """
    content_type = response.headers.get("Content-Type")
    return parse_feed(response.body, feed_url=response.final_url, content_type=content_type, now=now)
