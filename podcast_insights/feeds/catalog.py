"""How an answer changes what is known: the catalogue of shows and episodes, and the one place that writes to it.

Which show an address stands for is settled here, because it takes all shows to see it: a show keeps the id under which
it was first recorded; one whose address was corrected in the settings is the same show; a feed that claims the
``podcast:guid`` of another configured show is not believed. What an answer means for the episodes is ``decide``.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from podcast_insights.errors import FeedError, GoneError, NetworkError, PodcastInsightsError, RefusedError
from podcast_insights.feeds.decide import CatalogChange, merge_feed
from podcast_insights.feeds.fetch import AskedFeed, FetchedFeed
from podcast_insights.feeds.identity import show_id_for
from podcast_insights.feeds.schedule import fresh_for_s, next_poll_at
from podcast_insights.feeds.values import Episode, FeedPoll, FeedStatus, ParsedFeed, Show
from podcast_insights.settings import FeedSettings, ShowSettings
from podcast_insights.skips import stops_the_stage
from podcast_insights.web_redact import redact_url

Outcome = Literal["unchanged", "not_modified"]


class Catalog(Protocol):
    """What is known of shows and episodes, kept between polls; read from several threads, written from one."""

    def shows(self) -> tuple[Show, ...]:
        """Return every show that was ever recorded."""

    def episodes_of(self, show_id: str) -> tuple[Episode, ...]:
        """Return every episode of a show that was ever recorded; none for a show that was not."""

    def save(self, show: Show, episodes: Sequence[Episode]) -> None:
        """Replace a show and its episodes: the episodes first, so that no validator vouches for what is not stored."""

    def archive_body(self, show_id: str, sha256: str, body: bytes) -> None:
        """Keep a feed's body as it came."""


class Recorder:
    """Merges answers into the catalogue, one at a time, knowing which show is which."""

    def __init__(
        self, configured: Sequence[ShowSettings], catalog: Catalog, settings: FeedSettings, timezone: ZoneInfo
    ) -> None:
        self._catalog = catalog
        self._every = timedelta(minutes=settings.poll_every_minutes)
        self._timezone = timezone
        self._configured_urls = {show.url for show in configured}
        self._shows = {show.show_id: show for show in catalog.shows()}

    def recognised(self, settings: ShowSettings) -> Show:
        """Return the show as it is known: by the address in the settings, or by a former spelling of it."""
        for show in self._shows.values():
            if show.configured_url == settings.url:
                return show
        title = settings.name or urlsplit(settings.url).hostname or settings.url
        show_id = show_id_for(settings.url, None)
        unknown = Show(show_id=show_id, name=title, title=title, configured_url=settings.url, feed_url=settings.url)
        return self._adopted(unknown) if not self._is_anothers(unknown) else unknown

    def record(self, asked: AskedFeed) -> tuple[FeedPoll, tuple[Episode, ...]]:
        """Save what a poll found, and return its record and the episodes never seen before.

        Raises:
            StorageFullError: There is no space left.
        """
        if isinstance(asked.answer, PodcastInsightsError):
            return self._record_failure(asked, asked.answer), ()
        try:
            return self._record_answer(asked, asked.answer)
        except PodcastInsightsError as error:
            if stops_the_stage(error):
                raise
            return self._record_failure(asked, error), ()

    def _record_answer(self, asked: AskedFeed, fetched: FetchedFeed) -> tuple[FeedPoll, tuple[Episode, ...]]:
        show = self._identified(asked.show, fetched.feed)
        known = asked.known if show.show_id == asked.show.show_id else None
        known = self._catalog.episodes_of(show.show_id) if known is None else known
        change = self._merged(show, known, fetched, asked.asked_at)
        show = replace(
            change.show,
            name=asked.settings.name or change.show.title,
            language=asked.settings.language or change.show.language,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            body_sha256=fetched.body_sha256,
            last_error=None,
        )
        delay_s = fresh_for_s(fetched.response.headers, asked.asked_at)
        self._save(self._after_poll(show, asked.asked_at, "active", failures=0, delay_s=delay_s), change.episodes)
        new_ids = set(change.new_ids)
        new = tuple(episode for episode in change.episodes if episode.episode_id in new_ids)
        return _poll_of(asked, show.show_id, fetched, change), new

    def _merged(self, show: Show, known: tuple[Episode, ...], fetched: FetchedFeed, now: datetime) -> CatalogChange:
        if fetched.feed is None:
            return CatalogChange(show=show, episodes=known)
        body = fetched.response.body
        self._catalog.archive_body(show.show_id, hashlib.sha256(body).hexdigest(), body)
        return merge_feed(show, known, fetched.feed, timezone=self._timezone, now=now)

    def _record_failure(self, asked: AskedFeed, error: PodcastInsightsError) -> FeedPoll:
        """Record a failed poll with the show, unless what is stored could not be read or is another show's."""
        is_gone = isinstance(error, GoneError)
        message = str(error)
        if asked.known is not None and not self._is_anothers(asked.show):
            delay_s = error.retry_after_s if isinstance(error, NetworkError) else None
            status: FeedStatus = "gone" if is_gone else "failing"
            failures = asked.show.failures_in_a_row + 1
            show = self._after_poll(asked.show, asked.asked_at, status, failures=failures, delay_s=delay_s)
            try:
                self._save(replace(show, last_error=message), asked.known)
            except PodcastInsightsError as unsaved:
                if stops_the_stage(unsaved):
                    raise
                message = f"{message}; this could not be recorded either: {unsaved}"
        return FeedPoll(
            show_id=asked.show.show_id,
            polled_at=asked.asked_at,
            outcome="gone" if is_gone else "failed",
            http_status=error.status if isinstance(error, NetworkError | RefusedError) else None,
            body_bytes=0,
            duration_s=asked.duration_s,
            error=message,
        )

    def _identified(self, show: Show, feed: ParsedFeed | None) -> Show:
        """Return the show under its lasting id, which is settled when its feed is read for the first time.

        Raises:
            FeedError: Another configured address is the same show.
        """
        if show.last_polled_at is not None:
            return show
        by_guid = replace(show, show_id=show_id_for(show.configured_url, feed.podcast_guid if feed else None))
        for candidate in (by_guid, show):
            if not self._is_anothers(candidate):
                return self._adopted(candidate)
        other = redact_url(self._shows[show.show_id].configured_url)
        raise FeedError(
            f"{redact_url(show.configured_url)} is the same show as {other}; remove one of them from podcasts.yaml"
        )

    def _is_anothers(self, show: Show) -> bool:
        """Whether a show's id belongs to one that is configured under another address."""
        owner = self._shows.get(show.show_id)
        return (
            owner is not None
            and owner.configured_url != show.configured_url
            and owner.configured_url in self._configured_urls
        )

    def _adopted(self, show: Show) -> Show:
        """Return the stored show of the same id under its new address, or ``show`` itself where there is none."""
        owner = self._shows.get(show.show_id)
        if owner is None or owner.configured_url == show.configured_url:
            return owner or show
        return replace(owner, configured_url=show.configured_url, feed_url=show.feed_url, status="active")

    def _after_poll(
        self, show: Show, asked_at: datetime, status: FeedStatus, *, failures: int, delay_s: float | None
    ) -> Show:
        due_at = next_poll_at(
            asked_at, every=self._every, status=status, failures_in_a_row=failures, asked_delay_s=delay_s
        )
        return replace(show, status=status, failures_in_a_row=failures, last_polled_at=asked_at, next_poll_at=due_at)

    def _save(self, show: Show, episodes: Sequence[Episode]) -> None:
        self._catalog.save(show, episodes)
        self._shows[show.show_id] = show


def _poll_of(asked: AskedFeed, show_id: str, fetched: FetchedFeed, change: CatalogChange) -> FeedPoll:
    """Return the record of a poll that succeeded."""
    has_changed = bool(change.new_ids or change.changed_ids or change.gone_ids)
    unread: Outcome = "not_modified" if fetched.response.status == 304 else "unchanged"
    return FeedPoll(
        show_id=show_id,
        polled_at=asked.asked_at,
        outcome="changed" if has_changed else unread,
        http_status=fetched.response.status,
        body_bytes=fetched.response.body_bytes,
        duration_s=asked.duration_s,
        listed=sum(episode.gone_at is None for episode in change.episodes),
        new_episodes=len(change.new_ids),
        changed_episodes=len(change.changed_ids),
        gone_episodes=len(change.gone_ids),
        dropped_items=len(fetched.feed.dropped) if fetched.feed else 0,
    )
