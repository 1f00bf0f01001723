"""The poll of all feeds: asks each due feed in threads, and records what became of it at once.

Threads only fetch and parse. What they bring is recorded by the caller's thread, one feed at a time, so the catalogue
has one writer and two feeds that claim the same identity cannot race. A feed that fails never stops the others.
"""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from podcast_insights.errors import PodcastInsightsError
from podcast_insights.feeds.catalog import Catalog, Recorder
from podcast_insights.feeds.fetch import AskedFeed, FetchedFeed, Web, fetch_feed
from podcast_insights.feeds.schedule import is_due
from podcast_insights.feeds.values import Episode, FeedPoll, Show
from podcast_insights.settings import FeedSettings, ShowSettings

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What a round of polls did; ``out_of_time`` counts the feeds that were due and left for the next round."""

    polls: tuple[FeedPoll, ...]
    new_episodes: tuple[Episode, ...]
    not_due: int
    out_of_time: int


def poll_feeds(
    configured: Sequence[ShowSettings],
    catalog: Catalog,
    web: Web,
    *,
    settings: FeedSettings,
    timezone: ZoneInfo,
    now: Callable[[], datetime],
    budget_s: float | None = None,
    only_due: bool = True,
) -> PollReport:
    """Poll the configured shows' feeds, most overdue first, and return what became of each.

    Args:
        configured: The shows that are followed; a paused one is not polled.
        catalog: What is known; each feed's result is saved as soon as it is there.
        web: The network.
        settings: How feeds are polled.
        timezone: The digest's time zone, which gives each new episode its day.
        now: The clock.
        budget_s: No poll begins after this many seconds; None for no limit.
        only_due: Leave out feeds whose time has not come; False asks every feed, those that are gone included.

    Raises:
        StorageFullError: There is no space left, which concerns every feed alike.
    """
    started_at = now()
    ends_at = None if budget_s is None else started_at + timedelta(seconds=budget_s)
    recorder = Recorder(configured, catalog, settings, timezone)
    due = _due(configured, recorder, started_at, only_due=only_due)
    polls: list[FeedPoll] = []
    new_episodes: list[Episode] = []

    def ask(show_settings: ShowSettings, show: Show) -> AskedFeed | None:
        asked_at = now()
        if ends_at and asked_at >= ends_at:
            return None
        known, answer = _answer(show, catalog, web, settings, asked_at)
        duration_s = (now() - asked_at).total_seconds()
        return AskedFeed(
            settings=show_settings, show=show, known=known, asked_at=asked_at, duration_s=duration_s, answer=answer
        )

    with closing(_as_answered(ask, due, workers=settings.workers)) as answers:
        for asked in answers:
            poll, new = recorder.record(asked)
            polls.append(poll)
            new_episodes.extend(new)
    return PollReport(
        polls=tuple(polls),
        new_episodes=tuple(new_episodes),
        not_due=len(configured) - len(due),
        out_of_time=len(due) - len(polls),
    )


def _due(
    configured: Sequence[ShowSettings], recorder: Recorder, now: datetime, *, only_due: bool
) -> list[tuple[ShowSettings, Show]]:
    """Return what is to be polled, most overdue first; feeds never polled come before all."""
    followed = [(settings, recorder.recognised(settings)) for settings in configured if not settings.paused]
    due = [(settings, show) for settings, show in followed if not only_due or is_due(show, now)]
    return sorted(due, key=lambda pair: pair[1].next_poll_at or NEVER)


def _answer(
    show: Show, catalog: Catalog, web: Web, settings: FeedSettings, now: datetime
) -> tuple[tuple[Episode, ...] | None, FetchedFeed | PodcastInsightsError]:
    """Return a show's stored episodes and what its feed says now, or what went wrong."""
    known = None
    try:
        known = catalog.episodes_of(show.show_id)
        return known, fetch_feed(show, known, web, settings=settings, now=now)
    except PodcastInsightsError as error:
        return known, error


def _as_answered(
    ask: Callable[[ShowSettings, Show], AskedFeed | None], due: Sequence[tuple[ShowSettings, Show]], *, workers: int
) -> Generator[AskedFeed]:
    """Ask in threads, in the order of ``due``, and yield each answer as it comes."""
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="feeds") as pool:
        futures = {pool.submit(ask, settings, show) for settings, show in due}
        try:
            for future in as_completed(futures):
                # Let go of it: each holds a whole feed.
                futures.remove(future)
                if asked := future.result():
                    yield asked
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
