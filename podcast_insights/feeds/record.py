"""The one place that writes to the catalogue: what became of each poll, with the show's state after it.

What an answer means for the episodes is ``decide``, where a feed moved ``moves``, which show it is ``known_shows``. An
answer that brought nothing new rewrites no episodes: only the show's own row.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from podcast_insights.errors import GoneError, HeldFeedError, NetworkError, PodcastInsightsError, RefusedError
from podcast_insights.feeds.catalog import Catalog
from podcast_insights.feeds.decide import CatalogChange, merge_feed, merge_older_items
from podcast_insights.feeds.fetch import AskedFeed, FetchedFeed
from podcast_insights.feeds.gone import counted, gone_message, is_gone
from podcast_insights.feeds.known_shows import KnownShows
from podcast_insights.feeds.moves import address_after
from podcast_insights.feeds.older import AskedPages, OlderPages, ReadingRules, reaches
from podcast_insights.feeds.schedule import fresh_for_s, next_poll_at
from podcast_insights.feeds.values import DroppedItem, FeedPoll, FeedStatus, ParsedFeed, PollOutcome, Show
from podcast_insights.skips import stops_the_stage


class Recorder:
    """Merges answers into the catalogue, one at a time."""

    def __init__(self, shows: KnownShows, catalog: Catalog, rules: ReadingRules) -> None:
        """Record in ``catalog``, and keep ``shows`` current."""
        self._shows = shows
        self._catalog = catalog
        self._rules = rules
        self._every = timedelta(minutes=rules.feeds.poll_every_minutes)

    def record(self, asked: AskedFeed) -> tuple[Show | None, FeedPoll]:
        """Save what a poll found, and return the show where its feed was read, and the poll's record.

        Raises:
            StorageFullError: There is no space left.
        """
        if isinstance(asked.answer, PodcastInsightsError):
            return None, self._record_failure(asked, asked.answer)
        try:
            return self._record_answer(asked, asked.answer)
        except PodcastInsightsError as error:
            if stops_the_stage(error):
                raise
            return None, self._record_failure(asked, error)

    def record_older(self, asked: AskedPages) -> FeedPoll:
        """Save what reading a feed back found, and return its record.

        Raises:
            StorageFullError: There is no space left.
        """
        try:
            return self._record_pages(asked, asked.answer)
        except PodcastInsightsError as error:
            if stops_the_stage(error):
                raise
            unread = CatalogChange(show=asked.show, episodes=())
            return _poll_of(unread, asked, outcome="older_pages", error=str(error))

    def _record_pages(self, asked: AskedPages, pages: OlderPages | PodcastInsightsError) -> FeedPoll:
        if isinstance(pages, PodcastInsightsError):
            raise pages
        known = self._catalog.episodes_of(asked.show.show_id)
        change = merge_older_items(pages.show, known, pages.items, timezone=self._rules.timezone, now=asked.asked_at)
        self._save(change)
        return _poll_of(
            change,
            asked,
            outcome="older_pages",
            body_bytes=pages.body_bytes,
            dropped=pages.dropped,
            error=pages.error,
        )

    def _record_answer(self, asked: AskedFeed, fetched: FetchedFeed) -> tuple[Show, FeedPoll]:
        show = self._shows.identified(asked.show, fetched.feed)
        change = self._merged(asked, show, fetched, fetched.feed)
        unread: PollOutcome = "not_modified" if fetched.response.status == 304 else "unchanged"
        outcome: PollOutcome = "stale" if change.is_stale else "changed" if change.has_changed else unread
        change = replace(change, show=self._after_answer(asked, change, fetched))
        if fetched.feed is None or change.is_stale:
            self._save_state(change.show)
        else:
            self._save(change)
        poll = _poll_of(
            change,
            asked,
            outcome=outcome,
            http_status=fetched.response.status,
            body_bytes=fetched.response.body_bytes,
            dropped=fetched.feed.dropped if fetched.feed else (),
        )
        return change.show, poll

    def _merged(self, asked: AskedFeed, show: Show, fetched: FetchedFeed, feed: ParsedFeed | None) -> CatalogChange:
        if feed is None:
            # The same body as before: whatever was sent in between, it is no older copy.
            return CatalogChange(show=replace(show, stale_at=None, held_at=None), episodes=())
        if fetched.body_sha256 and not asked.settings.is_private:
            self._catalog.archive_body(show.show_id, fetched.body_sha256, fetched.response.body)
        known = self._catalog.episodes_of(show.show_id)
        change = merge_feed(
            show, known, feed, settings=asked.settings, timezone=self._rules.timezone, now=asked.asked_at
        )
        was_never_read = show.items_fingerprint is None
        if change.is_stale or not (was_never_read or self._rules.reads_back):
            return change
        older_url = None if reaches(feed, self._rules) else feed.older_url
        return replace(change, show=replace(change.show, older_url=older_url, older_pages=0))

    def _after_answer(self, asked: AskedFeed, change: CatalogChange, fetched: FetchedFeed) -> Show:
        """Return the show after an answer; an older copy changes neither its validators nor its address."""
        show = change.show
        if not change.is_stale:
            show = self._moved(show, fetched)
            show = replace(
                show,
                name=asked.settings.name or show.title,
                language=asked.settings.language or show.stated_language,
                etag=fetched.etag,
                last_modified=fetched.last_modified,
                body_sha256=fetched.body_sha256,
            )
        delay_s = fresh_for_s(fetched.response.headers, asked.asked_at)
        show = replace(show, last_error=None, said_gone_at=None, gone_answers=0)
        return self._after_poll(show, asked.asked_at, "active", failures=0, delay_s=delay_s)

    def _moved(self, show: Show, fetched: FetchedFeed) -> Show:
        moved = address_after(show, asked_url=fetched.asked_url, permanent_url=fetched.response.permanent_url)
        if moved.feed_url != show.feed_url and self._shows.is_address_of_another(moved.feed_url, show):
            return show
        return moved

    def _record_failure(self, asked: AskedFeed, error: PodcastInsightsError) -> FeedPoll:
        """Record a failed poll with the show, unless its id is another show's."""
        asked_show = counted(asked.show, error, asked.asked_at)
        message = gone_message(asked_show, error, asked.asked_at) if isinstance(error, GoneError) else str(error)
        status, outcome = _failed_as(error, asked_show, asked.asked_at)
        if not self._shows.is_anothers(asked.show):
            delay_s = error.retry_after_s if isinstance(error, NetworkError) else None
            failures = asked_show.failures_in_a_row + 1
            show = self._after_poll(asked_show, asked.asked_at, status, failures=failures, delay_s=delay_s)
            held_at = (show.held_at or asked.asked_at) if status == "held" else show.held_at
            try:
                self._save_state(replace(show, last_error=message, held_at=held_at))
            except PodcastInsightsError as unsaved:
                if stops_the_stage(unsaved):
                    raise
                message = f"{message}; this could not be recorded either: {unsaved}"
        return FeedPoll(
            show_id=asked.show.show_id,
            polled_at=asked.asked_at,
            outcome=outcome,
            http_status=error.status if isinstance(error, NetworkError | RefusedError) else None,
            body_bytes=0,
            duration_s=asked.duration_s,
            error=message,
        )

    def _after_poll(
        self, show: Show, asked_at: datetime, status: FeedStatus, *, failures: int, delay_s: float | None
    ) -> Show:
        due_at = next_poll_at(
            asked_at, every=self._every, status=status, failures_in_a_row=failures, asked_delay_s=delay_s
        )
        return replace(show, status=status, failures_in_a_row=failures, last_polled_at=asked_at, next_poll_at=due_at)

    def _save(self, change: CatalogChange) -> None:
        self._shows.keep(self._catalog.save(change.show, change.episodes))

    def _save_state(self, show: Show) -> None:
        self._catalog.save_state(show)
        self._shows.keep(show)


def _failed_as(error: PodcastInsightsError, show: Show, asked_at: datetime) -> tuple[FeedStatus, PollOutcome]:
    """Return what a show is after a failure, which is counted in, and what the poll is called."""
    if isinstance(error, GoneError):
        return "gone" if is_gone(show, asked_at) else "failing", "gone"
    if isinstance(error, HeldFeedError):
        return "held", "held"
    return "failing", "failed"


def _poll_of(
    change: CatalogChange,
    asked: AskedFeed | AskedPages,
    *,
    outcome: PollOutcome,
    http_status: int | None = None,
    body_bytes: int = 0,
    dropped: Sequence[DroppedItem] = (),
    error: str | None = None,
) -> FeedPoll:
    """Return the record of a poll that was answered."""
    return FeedPoll(
        show_id=change.show.show_id,
        polled_at=asked.asked_at,
        outcome=outcome,
        http_status=http_status,
        body_bytes=body_bytes,
        duration_s=asked.duration_s,
        listed=change.show.listed_episodes,
        new_episodes=len(change.new_ids),
        changed_episodes=len(change.changed_ids),
        gone_episodes=len(change.gone_ids),
        dropped_items=len(dropped),
        drop_reasons=tuple(sorted({item.reason for item in dropped})),
        error=error,
    )
