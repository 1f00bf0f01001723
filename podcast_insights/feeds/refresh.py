"""The present address of an episode's audio: feeds sign addresses that expire, so the feed is asked once again.

One request for each feed and run, whatever becomes of it: its episodes share what was read, and a feed that fails has
no fresh address for any of them. Nothing is recorded here; the next poll does that.
"""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from podcast_insights.errors import PodcastInsightsError
from podcast_insights.feeds.fetch import Web, fetch_whole
from podcast_insights.feeds.identity import match_items
from podcast_insights.feeds.values import Enclosure, Episode, ParsedItem, Show
from podcast_insights.settings import FeedSettings


class FreshEnclosures:
    """Answers where an episode's audio is now; called from several threads.

    Args:
        shows: The shows whose feeds may be asked, by id.
        web: The network.
        settings: How feeds are asked.
        now: The present.
    """

    def __init__(self, shows: Mapping[str, Show], web: Web, *, settings: FeedSettings, now: datetime) -> None:
        self._shows = shows
        self._web = web
        self._settings = settings
        self._now = now
        self._locks = {show_id: Lock() for show_id in shows}
        self._items: dict[str, tuple[ParsedItem, ...]] = {}

    def __call__(self, episode: Episode) -> Enclosure | None:
        """Return the episode's present enclosure, or None where its feed gives none."""
        matched = match_items([episode], self._items_of(episode.show_id), episode.show_id)
        return next((match.item.enclosure for match in matched if match.known), None)

    def _items_of(self, show_id: str) -> tuple[ParsedItem, ...]:
        if show_id not in self._shows:
            return ()
        with self._locks[show_id]:
            if show_id not in self._items:
                self._items[show_id] = self._read(self._shows[show_id])
            return self._items[show_id]

    def _read(self, show: Show) -> tuple[ParsedItem, ...]:
        try:
            feed = fetch_whole(show, self._web, settings=self._settings, now=self._now).feed
        except PodcastInsightsError:
            return ()
        return feed.items if feed else ()
