"""The catalogue: every show and every episode that its feed has ever listed, one file for each show.

An episode row and the state of its feed are two files. The episodes are written first, and the state carries their
fingerprint: where a kill or a race leaves the two apart, the next poll sees it and reads the feed in full.
"""

import gzip
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from upath import UPath

from podcast_insights.feeds.values import READING_RULES, Episode, EpisodeNotes, FeedPoll, Show
from podcast_insights.storage.blobs import Blobs
from podcast_insights.storage.by_day import EPISODE_PREFIXES, day_partition
from podcast_insights.storage.columns import rows_of
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import DATA_FILE, Row, Warehouse

_SHOWS = RowCodec(Show)
_EPISODES = RowCodec(Episode, prefixes=EPISODE_PREFIXES)
_NOTES = RowCodec(EpisodeNotes)
_POLLS = RowCodec(FeedPoll)

_FINGERPRINTS_BY_DAY = """
SELECT episode_date, md5(string_agg(episode_id || state, ',' ORDER BY episode_id))
FROM (
    SELECT
        episode_date,
        episode_id,
        CASE
            WHEN len(transcript_links) = 0 AND (enclosure_url IS NULL OR enclosure_media_type LIKE 'video/%')
            THEN ':nothing to read or hear'
            WHEN published_at > ? THEN ':later'
            ELSE ''
        END AS state
    FROM feed_items
)
GROUP BY 1
ORDER BY 1
"""


class _AsRead:
    """The episodes of a show with the columns that they were read from: rows that did not change are written again."""

    def __init__(self, *, columns: Mapping[str, Sequence[Any]], episodes: Sequence[Episode]) -> None:
        self._columns = columns
        self._episodes = episodes
        # A file of an earlier version has rows that are not those of today.
        is_current = bool(episodes) and _EPISODES.to_row(episodes[0]) == self._row(0)
        self._places = {each.episode_id: place for place, each in enumerate(episodes)} if is_current else {}

    def row_of(self, episode: Episode) -> Row | None:
        """Return the row of an episode as it was read; None where it was not, or is another now."""
        place = self._places.get(episode.episode_id)
        return self._row(place) if place is not None and self._episodes[place] == episode else None

    def _row(self, place: int) -> Row:
        return {name: cells[place] for name, cells in self._columns.items()}


class CatalogRepository:
    """The tables ``shows``, ``feed_items`` and ``feed_polls``, and the archive of feed bodies."""

    def __init__(self, warehouse: Warehouse, blobs: Blobs) -> None:
        """Keep the catalogue in ``warehouse``, and feed bodies among ``blobs``."""
        self._warehouse = warehouse
        self._blobs = blobs
        # The show that was read last, as it was read: of a thousand episodes, a poll changes one.
        self._read_last = _AsRead(columns={}, episodes=())

    def shows(self) -> tuple[Show, ...]:
        """Return all shows that were ever polled, by id."""
        shows = map(_SHOWS.from_row, self._warehouse.read_all("shows"))
        return tuple(sorted(shows, key=lambda show: show.show_id))

    def episodes_of(self, show_id: str) -> tuple[Episode, ...]:
        """Return all episodes that a show's feed has ever listed."""
        columns = self._warehouse.read_columns("feed_items", show_partition(show_id))
        episodes = tuple(_EPISODES.from_columns(columns))
        self._read_last = _AsRead(columns=columns, episodes=episodes)
        return episodes

    def notes_of(self, show_id: str) -> tuple[EpisodeNotes, ...]:
        """Return what a show's feed has said of each episode: a fraction of the time of ``episodes_of``."""
        return tuple(
            _NOTES.from_columns(self._warehouse.read_columns("feed_items", show_partition(show_id), _NOTES.columns))
        )

    def episodes_of_day(self, day: date) -> tuple[Episode, ...]:
        """Return the episodes of a day from all shows, by show and publication time."""
        with self._warehouse.connect(["feed_items"]) as connection:
            found = connection.sql(
                "SELECT * FROM feed_items WHERE episode_date = ? ORDER BY show_id, published_at, episode_id",
                params=[day],
            )
            rows = rows_of(found.to_arrow_table())
        return tuple(_EPISODES.from_row(row) for row in rows)

    def fingerprints_by_day(self, *, now: datetime) -> dict[date, str]:
        """Return, for each day with episodes, a hash of which ones it has, and which of them may be processed by now.

        It changes when one is new on that day, when one that was dated ahead is published, and when one without audio
        or words gets some; an address or a title that changes does not count.
        """
        with self._warehouse.connect(["feed_items"]) as connection:
            found = connection.execute(_FINGERPRINTS_BY_DAY, [now]).fetchall()
        return dict(found)

    def episodes_fingerprint(self, show_id: str) -> str | None:
        """Return the fingerprint of a show's episodes as they are stored now; None where there are none."""
        stored = self._warehouse.fingerprint("feed_items", show_partition(show_id))
        return f"{READING_RULES}-{stored}" if stored else None

    def save(self, show: Show, episodes: Sequence[Episode]) -> Show:
        """Keep a show's episodes and then its state, and return it with the fingerprint of what was stored."""
        partition = show_partition(show.show_id)
        self._warehouse.write("feed_items", partition, [self._row_of(episode) for episode in episodes])
        kept = replace(show, items_fingerprint=self.episodes_fingerprint(show.show_id))
        self.save_state(kept)
        return kept

    def _row_of(self, episode: Episode) -> Row:
        return self._read_last.row_of(episode) or _EPISODES.to_row(episode)

    def save_state(self, show: Show) -> None:
        """Keep a show's state alone: its episodes did not change."""
        self._warehouse.write("shows", show_partition(show.show_id), [_SHOWS.to_row(show)])

    def archive_body(self, show_id: str, sha256: str, body: bytes) -> None:
        """Keep a feed body as it came, so that what was decided can be explained later."""
        key = f"feeds/{show_id}/{sha256}.xml.gz"
        if not self._blobs.exists(key):
            self._blobs.store_bytes(key, gzip.compress(body, mtime=0))

    def record_polls(self, polls: Sequence[FeedPoll], *, day: date, at: datetime) -> None:
        """Add polls to the history as a file of their own, and merge the files of earlier days into one for each."""
        if polls:
            name = f"{at:%Y%m%dT%H%M%S%f}.parquet"
            self._warehouse.write(
                "feed_polls", day_partition(day), [_POLLS.to_row(poll) for poll in polls], file_name=name
            )
        unmerged: defaultdict[str, list[UPath]] = defaultdict(list)
        # One listing for all days: an object store answers each with a request, and there are years of days.
        for path in self._warehouse.files("feed_polls"):
            if path.name != DATA_FILE and path.parent.name < day_partition(day):
                unmerged[path.parent.name].append(path)
        for partition, parts in unmerged.items():
            self._merge_polls(partition, parts)

    def last_polls(self) -> dict[str, FeedPoll]:
        """Return the last poll of each show, by its id."""
        with self._warehouse.connect(["feed_polls"]) as connection:
            found = connection.sql(
                "SELECT * FROM feed_polls QUALIFY row_number() OVER (PARTITION BY show_id ORDER BY polled_at DESC) = 1"
            )
            rows = rows_of(found.to_arrow_table())
        return {row["show_id"]: _POLLS.from_row(row) for row in rows}

    def _merge_polls(self, partition: str, parts: Sequence[UPath]) -> None:
        # A kill between writing and deleting leaves a poll in two files; the next merge counts it once.
        rows = {(row["show_id"], row["polled_at"]): row for row in self._warehouse.read("feed_polls", partition)}
        if not all(path.exists() for path in parts):
            return  # Another run is merging them, and some may not have been read here.
        self._warehouse.write("feed_polls", partition, [rows[key] for key in sorted(rows)])
        for path in parts:
            path.unlink(missing_ok=True)


def show_partition(show_id: str) -> str:
    """Return the partition of a show in the tables with one file for each."""
    if not show_id.isalnum():
        raise ValueError(f"a show's id is letters and digits, got {show_id!r}")
    return f"show={show_id}"
