"""The repositories of tables with one file for each day: values in, values out.

Most tables are exactly this. Those that need more (the catalogue, the transcripts with their segments, the digests
with their entries, what was skipped, the outbox) have modules of their own.
"""

from collections.abc import Sequence
from datetime import date
from typing import Generic, TypeVar

from podcast_insights.audio.values import AudioFile
from podcast_insights.feeds.values import DecidedEpisode
from podcast_insights.insights.values import Insight, LLMCall
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.schemas import table
from podcast_insights.storage.warehouse import DATA_FILE, Warehouse

T = TypeVar("T")

EPISODE_PREFIXES = {"enclosure": "enclosure_"}


def day_partition(day: date) -> str:
    """Return the partition of a table by day."""
    return f"date={day.isoformat()}"


class DayRepository(Generic[T]):
    """One table with one file for each day."""

    def __init__(self, warehouse: Warehouse, name: str, codec: RowCodec[T]) -> None:
        """Keep values of ``codec``'s type in the table ``name``."""
        self.name = name
        self._warehouse = warehouse
        self._codec = codec

    def replace_day(self, day: date, values: Sequence[T]) -> None:
        """Replace the rows of a day; none leaves a file without rows, which says that the day was processed."""
        stamp = {"episode_date": day} if "episode_date" in table(self.name).column_names else {}
        rows = [stamp | self._codec.to_row(value) for value in values]
        self._warehouse.write(self.name, day_partition(day), rows)

    def of_day(self, day: date) -> tuple[T, ...]:
        """Return the values of a day, in the order in which they were written."""
        return tuple(self._codec.from_row(row) for row in self._warehouse.read(self.name, day_partition(day)))

    def days(self) -> tuple[date, ...]:
        """Return the days that have a file, oldest first."""
        return tuple(date.fromisoformat(name.removeprefix("date=")) for name in self._warehouse.partitions(self.name))


class CallsRepository(DayRepository[LLMCall]):
    """The account of calls to language models: a file of a day's own runs, and beside it what others added.

    Runs of one day never overlap, so they replace their file. What is made of all days at once (the marks of related
    insights) may run beside them: it adds files and changes none, so neither loses a call of the other.
    """

    def replace_day(self, day: date, values: Sequence[LLMCall]) -> None:
        """Replace the calls of a day but for those that were added, which stay as they are."""
        added = {
            row["call_id"]
            for path in self._warehouse.files(self.name, partitions=[day_partition(day)])
            if path.name != DATA_FILE
            for row in self._warehouse.read_file(self.name, path)
        }
        super().replace_day(day, [call for call in values if call.call_id not in added])

    def add(self, day: date, calls: Sequence[LLMCall]) -> None:
        """Add calls to a day, whoever is at work on it."""
        rows = [{"episode_date": day} | self._codec.to_row(call) for call in calls]
        if rows:
            self._warehouse.write(self.name, day_partition(day), rows, file_name=f"{calls[0].call_id}.parquet")


def episodes(warehouse: Warehouse) -> DayRepository[DecidedEpisode]:
    """Return the repository of the episodes of a day with their decisions."""
    return DayRepository(warehouse, "episodes", RowCodec(DecidedEpisode, prefixes=EPISODE_PREFIXES))


def audio_files(warehouse: Warehouse) -> DayRepository[AudioFile]:
    """Return the repository of downloaded audio."""
    return DayRepository(warehouse, "audio_files", RowCodec(AudioFile))


def insights(warehouse: Warehouse) -> DayRepository[Insight]:
    """Return the repository of insights."""
    return DayRepository(warehouse, "insights", RowCodec(Insight))


def llm_calls(warehouse: Warehouse) -> CallsRepository:
    """Return the repository of calls to language models."""
    return CallsRepository(warehouse, "llm_calls", RowCodec(LLMCall))
