"""The table ``chapters``: one row for each chapter, read back as the chapters of each episode."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from podcast_insights.feeds.values import Chapter, EpisodeChapters
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import Row, Warehouse

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
        return _episodes(self._warehouse.read("chapters", day_partition(day)))

    def by_episode(self) -> Mapping[str, Sequence[Chapter]]:
        """Return the chapters of all episodes that have some, by episode, each episode's in order."""
        rows = self._warehouse.read_all("chapters")
        return {episode.episode_id: episode.chapters for episode in _episodes(rows)}


def _episodes(rows: Sequence[Row]) -> tuple[EpisodeChapters, ...]:
    found = []
    for _, of_episode in groupby(sorted(rows, key=_by_episode), key=_by_episode):
        ordered = sorted(of_episode, key=lambda row: row["start_s"])
        found.append(_EPISODES.from_row(ordered[0], chapters=tuple(_CHAPTERS.from_row(row) for row in ordered)))
    return tuple(found)


def _by_episode(row: Row) -> str:
    return str(row["episode_id"])
