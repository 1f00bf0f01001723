"""What the feed tests share: a catalogue in memory, and builders of feeds, items and episodes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from podcast_insights.errors import DamagedFileError
from podcast_insights.feeds.values import Enclosure, Episode, ParsedFeed, ParsedItem, Show

NOW = datetime(2024, 11, 20, 12, 0, tzinfo=UTC)


class MemoryCatalog:
    """A catalogue that keeps everything, and can be told that a show's file is damaged."""

    def __init__(self) -> None:
        self.saved: dict[str, Show] = {}
        self.episodes: dict[str, tuple[Episode, ...]] = {}
        self.bodies: list[tuple[str, str, bytes]] = []
        self.rewritten: list[str] = []
        self.read: list[str] = []
        self.damaged: set[str] = set()

    def shows(self) -> tuple[Show, ...]:
        return tuple(self.saved.values())

    def episodes_of(self, show_id: str) -> tuple[Episode, ...]:
        if show_id in self.damaged:
            raise DamagedFileError(f"the episodes of {show_id} are not what was written")
        self.read.append(show_id)
        return self.episodes.get(show_id, ())

    def episodes_fingerprint(self, show_id: str) -> str | None:
        if show_id in self.damaged:
            raise DamagedFileError(f"the episodes of {show_id} are not what was written")
        stored = self.episodes.get(show_id)
        return None if stored is None else f"{len(stored)} of {hash(stored)}"

    def save(self, show: Show, episodes: Sequence[Episode]) -> Show:
        self.episodes[show.show_id] = tuple(episodes)
        self.rewritten.append(show.show_id)
        kept = replace(show, items_fingerprint=self.episodes_fingerprint(show.show_id))
        self.save_state(kept)
        return kept

    def save_state(self, show: Show) -> None:
        self.saved[show.show_id] = show

    def archive_body(self, show_id: str, sha256: str, body: bytes) -> None:
        self.bodies.append((show_id, sha256, body))

    def only_show(self) -> Show:
        (show,) = self.saved.values()
        return show

    def loses_episodes(self) -> None:
        self.episodes.clear()


class Clock:
    """A clock that stands still until it is moved, or moves by ``step`` at each look."""

    def __init__(self, at: datetime = NOW, step: timedelta = timedelta(0)) -> None:
        self.at = at
        self._step = step

    def __call__(self) -> datetime:
        at = self.at
        self.at += self._step
        return at

    def moves(self, by: timedelta) -> None:
        self.at += by

    def steps(self, by: timedelta) -> None:
        self._step = by


def item(number: int, **changes: object) -> ParsedItem:
    """Return the item of one episode; each number has its own guid, title, media and day."""
    made = ParsedItem(
        guid=f"guid-{number}",
        title=f"Episode {number}",
        show_notes="<p>Notes</p>",
        page_url=f"https://example.com/{number}",
        published_at=NOW - timedelta(days=100 - number),
        raw_date=None,
        duration_s=1800.0,
        enclosure=Enclosure(url=f"https://cdn.example.com/{number}.mp3", media_type="audio/mpeg"),
    )
    return replace(made, **changes)


def feed(*items: ParsedItem, **changes: object) -> ParsedFeed:
    made = ParsedFeed(
        title="A Show",
        language="en",
        page_url="https://example.com",
        podcast_guid=None,
        new_feed_url=None,
        items=tuple(items),
    )
    return replace(made, **changes)


def show(**changes: object) -> Show:
    made = Show(
        show_id="show-1",
        name="A Show",
        title="A Show",
        configured_url="https://example.com/feed",
        feed_url="https://example.com/feed",
    )
    return replace(made, **changes)


def rss(*numbers: int, title: str = "A Show", channel: str = "") -> bytes:
    """Return a feed's body that lists the numbered episodes, in this order."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:podcast="https://podcastindex.org/namespace/1.0">
<channel><title>{escape(title)}</title>{channel}{"".join(_rss_item(number) for number in numbers)}</channel></rss>
""".encode()


def _rss_item(number: int) -> str:
    published = format_datetime(NOW - timedelta(days=100 - number))
    url = quoteattr(f"https://cdn.example.com/{number}.mp3")
    return (
        f"<item><title>Episode {number}</title><guid isPermaLink='false'>guid-{number}</guid>"
        f"<pubDate>{published}</pubDate><enclosure url={url} type='audio/mpeg' length='1'/></item>"
    )
