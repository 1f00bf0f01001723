"""The tables ``transcripts`` and ``segments``: one transcript and its words, in two files for each day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights.transcripts.values import Segment, Transcript, word_count

_TRANSCRIPTS = RowCodec(Transcript, without={"segments"})
_SEGMENTS = RowCodec(Segment)

_HEARD = """
SELECT episode_id FROM transcripts
UNION
SELECT subject_id FROM skipped WHERE stage = 'transcripts' AND reason IN ('no_speech', 'not_trusted')
"""


class TranscriptsRepository:
    """Transcripts by day; segments are written first, so a transcript that is listed has its words."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Keep transcripts in ``warehouse``."""
        self._warehouse = warehouse

    def replace_day(self, day: date, transcripts: Sequence[Transcript]) -> None:
        """Replace the transcripts of a day and their segments."""
        segments = [
            _SEGMENTS.to_row(segment) | {"episode_id": transcript.episode_id, "episode_date": day}
            for transcript in transcripts
            for segment in transcript.segments
        ]
        self._warehouse.write("segments", day_partition(day), segments)
        rows = [_TRANSCRIPTS.to_row(transcript) | _counts(transcript, day) for transcript in transcripts]
        self._warehouse.write("transcripts", day_partition(day), rows)

    def of_day(self, day: date) -> tuple[Transcript, ...]:
        """Return the transcripts of a day with their segments in order."""
        by_episode: defaultdict[str, list[Segment]] = defaultdict(list)
        for row in self._warehouse.read("segments", day_partition(day)):
            by_episode[row["episode_id"]].append(_SEGMENTS.from_row(row))
        return tuple(
            _TRANSCRIPTS.from_row(
                row, segments=tuple(sorted(by_episode[row["episode_id"]], key=lambda part: part.index))
            )
            for row in self._warehouse.read("transcripts", day_partition(day))
        )

    def days(self) -> tuple[date, ...]:
        """Return the days that have transcripts, or were found to have none."""
        partitions = self._warehouse.partitions("transcripts")
        return tuple(date.fromisoformat(partition.removeprefix("date=")) for partition in partitions)

    def heard_ids(self) -> frozenset[str]:
        """Return the episodes of all days whose audio is needed no more: it was heard, with or without result."""
        return frozenset(self._warehouse.columns(["transcripts", "skipped"], _HEARD)["episode_id"])


def _counts(transcript: Transcript, day: date) -> dict[str, Any]:
    words = word_count(transcript.segments)
    ad_words = word_count([segment for segment in transcript.segments if segment.is_ad])
    return {
        "segment_count": len(transcript.segments),
        "word_count": words,
        "ad_ratio": ad_words / words if words else 0.0,
        "episode_date": day,
    }
