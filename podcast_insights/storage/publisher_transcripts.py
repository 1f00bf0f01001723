"""The table ``publisher_transcripts``: which links were tried; the words of the usable ones are artifacts."""

from collections.abc import Sequence
from datetime import date

from podcast_insights.fingerprints import ResultCache
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights.transcripts.values import PublisherTranscript, Transcript

_ROWS = RowCodec(PublisherTranscript, without={"transcript"})


class PublisherTranscriptsRepository:
    """Tried links by day; the words are kept first, so a row that is usable has them."""

    def __init__(self, warehouse: Warehouse, words: ResultCache[Transcript]) -> None:
        """Keep rows in ``warehouse`` and the words of usable links in ``words``."""
        self._warehouse = warehouse
        self._words = words

    def replace_day(self, day: date, links: Sequence[PublisherTranscript]) -> None:
        """Replace the rows of a day."""
        rows = []
        for link in links:
            fingerprint = None
            if link.transcript is not None:
                fingerprint = link.transcript.fingerprint
                self._words.put(fingerprint, link.transcript)
            rows.append(_ROWS.to_row(link) | {"transcript_fingerprint": fingerprint, "episode_date": day})
        self._warehouse.write("publisher_transcripts", day_partition(day), rows)

    def of_day(self, day: date) -> tuple[PublisherTranscript, ...]:
        """Return the links that were tried for the episodes of a day; usable ones with their words."""
        return tuple(
            _ROWS.from_row(row, transcript=self._words.get(fingerprint) if fingerprint else None)
            for row in self._warehouse.read("publisher_transcripts", day_partition(day))
            for fingerprint in [row["transcript_fingerprint"]]
        )
