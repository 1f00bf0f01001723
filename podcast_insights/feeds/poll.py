"""The poll of all feeds: asks each due feed in threads, and records what became of it at once.

Threads only fetch and parse. What they bring is recorded by the caller's thread, one feed at a time, so the catalogue
has one writer and two feeds that claim the same identity cannot race. A feed that fails never stops the others. The
next feed is asked for when one was answered, so memory does not grow with the number of feeds.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from podcast_insights.errors import PodcastInsightsError
from podcast_insights.feeds.catalog import Catalog
from podcast_insights.feeds.fetch import AskedFeed, FetchedFeed, Web, fetch_feed
from podcast_insights.feeds.held import is_accepted
from podcast_insights.feeds.known_shows import KnownShows
from podcast_insights.feeds.older import AskedPages, OlderPages, ReadingRules, read_older_pages
from podcast_insights.feeds.record import Recorder
from podcast_insights.feeds.schedule import is_due
from podcast_insights.feeds.values import FeedPoll, Show
from podcast_insights.settings import ShowSettings

NEVER = datetime.min.replace(tzinfo=UTC)

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What a round of polls did, and all shows as they are known after it.

    ``out_of_time`` counts the feeds that were due and left for the next round.
    """

    polls: tuple[FeedPoll, ...]
    shows: tuple[Show, ...]
    not_due: int
    out_of_time: int

    @property
    def new_episodes(self) -> int:
        """How many episodes were found that were never seen before."""
        return sum(poll.new_episodes for poll in self.polls)


def poll_feeds(
    configured: Sequence[ShowSettings],
    catalog: Catalog,
    web: Web,
    *,
    rules: ReadingRules,
    now: Callable[[], datetime],
    budget_s: float | None = None,
    only_due: bool = True,
) -> PollReport:
    """Poll the configured shows' feeds, most overdue first, read back those that have pages, and say what became of it.

    Args:
        configured: The shows that are followed; a paused one is not polled.
        catalog: What is known; each feed's result is saved as soon as it is there.
        web: The network.
        rules: How feeds are polled, whose days they fill, and how far back they are read.
        now: The clock.
        budget_s: No request begins after this many seconds; None for no limit.
        only_due: Leave out feeds whose time has not come; False asks every feed, those that are gone included.

    Raises:
        StorageFullError: There is no space left, which concerns every feed alike.
    """
    started_at = now()
    ends_at = None if budget_s is None else started_at + timedelta(seconds=budget_s)
    shows = KnownShows(configured, catalog.shows())
    recorder = Recorder(shows, catalog, rules)
    due = _due(configured, shows, rules.timezone, started_at, only_due=only_due)
    polls: list[FeedPoll] = []
    behind: list[Show] = []
    ask = partial(_ask, catalog=catalog, web=web, rules=rules, now=now, ends_at=ends_at)
    with closing(_as_done(ask, due, workers=rules.feeds.workers)) as answers:
        for asked in answers:
            show, poll = recorder.record(asked)
            polls.append(poll)
            if show and show.older_url:
                behind.append(show)
    asked_feeds = len(polls)
    read_back = partial(_read_back, catalog=catalog, web=web, rules=rules, now=now, ends_at=ends_at)
    with closing(_as_done(read_back, behind, workers=rules.feeds.workers)) as pages:
        polls.extend(recorder.record_older(asked) for asked in pages)
    return PollReport(
        polls=tuple(polls), shows=shows.all(), not_due=len(configured) - len(due), out_of_time=len(due) - asked_feeds
    )


def _due(
    configured: Sequence[ShowSettings], shows: KnownShows, timezone: ZoneInfo, now: datetime, *, only_due: bool
) -> list[tuple[ShowSettings, Show]]:
    """Return what is to be polled, most overdue first; feeds never polled come before all."""
    followed = [(settings, shows.recognised(settings)) for settings in configured if not settings.paused]

    def is_asked(settings: ShowSettings, show: Show) -> bool:
        is_released = show.status == "held" and is_accepted(show, settings, timezone=timezone, now=now)
        # The same show in another spelling is never recorded, and so would be due at every round.
        return not only_due or is_released or (is_due(show, now) and not shows.is_anothers(show))

    due = [(settings, show) for settings, show in followed if is_asked(settings, show)]
    return sorted(due, key=lambda pair: pair[1].next_poll_at or NEVER)


def _ask(
    due: tuple[ShowSettings, Show],
    *,
    catalog: Catalog,
    web: Web,
    rules: ReadingRules,
    now: Callable[[], datetime],
    ends_at: datetime | None,
) -> AskedFeed | None:
    """Return what a show's feed says now, or what went wrong; None where the time is over."""
    show_settings, show = due
    asked_at = now()
    if ends_at and asked_at >= ends_at:
        return None
    answer: FetchedFeed | PodcastInsightsError
    try:
        answer = fetch_feed(show, catalog, web, settings=rules.feeds, now=asked_at, in_full=rules.reads_back)
    except PodcastInsightsError as error:
        answer = error
    duration_s = (now() - asked_at).total_seconds()
    return AskedFeed(settings=show_settings, show=show, asked_at=asked_at, duration_s=duration_s, answer=answer)


def _read_back(
    show: Show,
    *,
    catalog: Catalog,
    web: Web,
    rules: ReadingRules,
    now: Callable[[], datetime],
    ends_at: datetime | None,
) -> AskedPages | None:
    """Return the older pages of a show's feed, or what went wrong; None where the time is over."""
    asked_at = now()
    if ends_at and asked_at >= ends_at:
        return None
    answer: OlderPages | PodcastInsightsError
    try:
        known = catalog.episodes_of(show.show_id)
        answer = read_older_pages(show, known, web, rules=rules, now=now, ends_at=ends_at)
    except PodcastInsightsError as error:
        answer = error
    return AskedPages(show=show, asked_at=asked_at, duration_s=(now() - asked_at).total_seconds(), answer=answer)


def _as_done(work: Callable[[T], U | None], items: Iterable[T], *, workers: int) -> Generator[U]:
    """Do ``work`` in threads, in the order of ``items``, and yield each result as it comes, but None."""
    waiting = iter(items)
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="feeds") as pool:
        running = {pool.submit(work, item) for item in islice(waiting, workers)}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(work, item) for item in islice(waiting, len(done))}
                # Let go of each: it may hold a whole feed.
                while done:
                    if (result := done.pop().result()) is not None:
                        yield result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
