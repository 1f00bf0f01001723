"""Reading a feed back: the pages of older items that some feeds have (RFC 5005), as far as the reader wants to go.

A feed with pages lists its newest items on the first one and links the next (``next``, ``prev-archive``). Polls look at
the first page only; here the others are followed, once for each show, after all feeds that are due were polled: new
episodes come before old ones. Each link was written by somebody else, so pages and time are bounded, and reading ends
at the first page that brings nothing unknown: a link that leads back does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from podcast_insights.days import day_of
from podcast_insights.errors import PodcastInsightsError
from podcast_insights.feeds.fetch import Web, feed_in
from podcast_insights.feeds.identity import marks_of
from podcast_insights.feeds.values import DroppedItem, Episode, ParsedFeed, ParsedItem, Show
from podcast_insights.settings import FeedSettings

MAX_PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRules:
    """How feeds are read: the settings of polling, the reader's time zone, and the first day that is wanted.

    ``reads_back`` asks for the older pages again where they were read before.
    """

    feeds: FeedSettings
    timezone: ZoneInfo
    start_date: date
    reads_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderPages:
    """The items of a show's older pages, newest first; ``show`` says where to go on another time, if anywhere."""

    show: Show
    items: tuple[ParsedItem, ...]
    body_bytes: int
    dropped: tuple[DroppedItem, ...]
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPages:
    """A show whose feed was read back, with its pages or the error that kept us from it."""

    show: Show
    asked_at: datetime
    duration_s: float
    answer: OlderPages | PodcastInsightsError


def read_older_pages(
    show: Show,
    known: Sequence[Episode],
    web: Web,
    *,
    rules: ReadingRules,
    now: Callable[[], datetime],
    ends_at: datetime | None,
) -> OlderPages:
    """Return what a show's older pages list, from ``show.older_url`` on.

    Args:
        show: The show, with the page to begin at, and how many were read before.
        known: Its episodes.
        web: The network.
        rules: How feeds are read; the limits of one feed hold for each page.
        now: The clock.
        ends_at: No page is asked for after this; None for no limit.
    """
    limits = rules.feeds
    seen = marks_of(known)
    items: list[ParsedItem] = []
    dropped: list[DroppedItem] = []
    pages, body_bytes = show.older_pages, 0
    url, error = show.older_url, None
    while url is not None and (ends_at is None or now() < ends_at):
        try:
            response = web.get(url, headers={}, max_bytes=limits.max_feed_bytes, timeout_s=limits.timeout_s)
            page = feed_in(response, now())
        except PodcastInsightsError as failure:
            error = f"page {pages + 2} could not be read: {failure}"
            url = url if failure.retryable else None
            break
        pages += 1
        body_bytes += response.body_bytes
        dropped += page.dropped
        items += page.items
        marks = marks_of(page.items)
        is_last = pages >= MAX_PAGES or marks <= seen or reaches(page, rules)
        seen |= marks
        url = None if is_last else page.older_url
    show = replace(show, older_url=url, older_pages=pages)
    return OlderPages(show=show, items=tuple(items), body_bytes=body_bytes, dropped=tuple(dropped), error=error)


def reaches(page: ParsedFeed, rules: ReadingRules) -> bool:
    """Whether a page lists something from before the first day that is wanted, so that older pages are not."""
    return any(
        item.published_at and day_of(item.published_at, rules.timezone) < rules.start_date for item in page.items
    )
