"""The table ``chapters``: one row for each chapter, read back as the chapters of each episode."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from podcast_insights.feeds.values import Chapter, EpisodeChapters
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import Warehouse

_EPISODES = RowCodec(EpisodeChapters, without={"chapters"})
_CHAPTERS = RowCodec(Chapter)


class ChaptersRepository:
    """Chapters by day."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Keep chapters in ``warehouse``."""
        self._warehouse = warehouse

    def replace_day(self, day: date, episodes: Sequence[EpisodeChapters]) -> None:
        """Replace the chapters of a day."""
        rows = [
            _EPISODES.to_row(episode) | _CHAPTERS.to_row(chapter) | {"episode_date": day}
            for episode in episodes
            for chapter in episode.chapters
        ]
        self._warehouse.write("chapters", day_partition(day), rows)

    def of_day(self, day: date) -> tuple[EpisodeChapters, ...]:
        """Return the chapters of the episodes of a day that have some, each episode's in order."""
        rows = sorted(self._warehouse.read("chapters", day_partition(day)), key=lambda row: row["episode_id"])
        found = []
        for _, of_episode in groupby(rows, key=lambda row: row["episode_id"]):
            ordered = sorted(of_episode, key=lambda row: row["start_s"])
            found.append(_EPISODES.from_row(ordered[0], chapters=tuple(_CHAPTERS.from_row(row) for row in ordered)))
        return tuple(found)
