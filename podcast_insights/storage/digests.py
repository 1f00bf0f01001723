"""The tables ``digests``, ``digest_entries`` and ``related_insights``: what was published, and what belongs together.

An entry holds its insight in full, so that a page stays as it was even when the episode's insights are made again.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from podcast_insights.digest.values import Digest, DigestEntry, PublishedInsight, RelatedInsight
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import Row, Warehouse

_DIGESTS = RowCodec(Digest, without={"entries"})
_ENTRIES = RowCodec(DigestEntry, prefixes={"parts": "score_"})
_RELATED = RowCodec(RelatedInsight)


# A rebuild that was stopped leaves two generations of entries: those count that the digest names. Of a day whose digest
# was never finished, none does.
OF_THEIR_DIGEST = """
EXISTS (
    FROM digests
    WHERE
        digests.digest_date = entries.digest_date
        AND digests.fingerprint = coalesce(entries.digest_fingerprint, digests.fingerprint)
)
"""
_PUBLISHED = f"""
SELECT digest_date, episode_date, insight_id, episode_id, show_id, claim, explanation, fingerprint
FROM digest_entries AS entries
WHERE {OF_THEIR_DIGEST}
ORDER BY digest_date, rank
"""  # noqa: S608
_OF_ALL_DAYS = f"FROM digest_entries AS entries WHERE {OF_THEIR_DIGEST}"


class DigestsRepository:
    """Digests by day. A reader finds a day as it was before or after, wherever its writer is stopped.

    An entry names its digest. Entries are written first, those of the digest before beside the new ones, and they go
    when the new digest is there.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        """Keep digests in ``warehouse``."""
        self._warehouse = warehouse

    def replace(self, digest: Digest) -> None:
        """Replace the digest of a day."""
        partition = day_partition(digest.digest_date)
        chosen = [_named(_ENTRIES.to_row(entry), digest.fingerprint) for entry in digest.entries]
        before = [
            _named(row, known["fingerprint"])
            for known in self._warehouse.read("digests", partition)
            if known["fingerprint"] != digest.fingerprint
            for row in _of(known, self._warehouse.read("digest_entries", partition))
        ]
        self._warehouse.write("digest_entries", partition, [*before, *chosen])
        self._warehouse.write("digests", partition, [_DIGESTS.to_row(digest)])
        if before:
            self._warehouse.write("digest_entries", partition, chosen)

    def of_day(self, day: date) -> Digest | None:
        """Return the digest of a day, or None where none was built."""
        partition = day_partition(day)
        rows = self._warehouse.read("digests", partition)
        if not rows:
            return None
        entries = self._warehouse.read("digest_entries", partition)
        if entries and not _of(rows[0], entries):
            # Replaced between the two, unless that was stopped and the digest before is empty.
            rows = self._warehouse.read("digests", partition) or rows
        return _digest(rows[0], [_ENTRIES.from_row(row) for row in _of(rows[0], entries)])

    def days(self) -> tuple[date, ...]:
        """Return the days that have a digest, oldest first."""
        names = self._warehouse.partitions("digests")
        return tuple(date.fromisoformat(name.removeprefix("date=")) for name in names)

    def of_days(self, days: Collection[date]) -> Sequence[Digest]:
        """Return the digests of those of ``days`` that have one, oldest first."""
        found = [self.of_day(day) for day in sorted(days)]
        return [digest for digest in found if digest is not None]

    def all(self) -> Sequence[Digest]:
        """Return every digest, oldest first."""
        entries: defaultdict[date, list[DigestEntry]] = defaultdict(list)
        found = self._warehouse.columns(["digest_entries", "digests"], _OF_ALL_DAYS)
        for entry in _ENTRIES.from_columns(found):
            entries[entry.digest_date].append(entry)
        rows = sorted(self._warehouse.read_all("digests"), key=lambda row: row["digest_date"])
        return [_digest(row, entries[row["digest_date"]]) for row in rows]

    def published(self) -> Sequence[PublishedInsight]:
        """Return every entry of every digest as far as entries are compared, from the oldest day on, by rank."""
        found = self._warehouse.columns(["digests", "digest_entries"], _PUBLISHED)
        return [PublishedInsight(**dict(zip(found, row, strict=True))) for row in zip(*found.values(), strict=True)]


def _named(row: Row, fingerprint: str) -> Row:
    return {**row, "digest_fingerprint": fingerprint}


def _of(digest: Row, entries: Sequence[Row]) -> list[Row]:
    """Return the entries of a digest; those of an earlier version name none."""
    return [row for row in entries if row["digest_fingerprint"] in (None, digest["fingerprint"])]


def _digest(row: Row, entries: Sequence[DigestEntry]) -> Digest:
    return _DIGESTS.from_row(row, entries=tuple(sorted(entries, key=lambda entry: entry.rank)))


class RelatedInsightsRepository:
    """The neighbours between published insights: one file, because a new insight changes those of old ones."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Keep neighbours in ``warehouse``."""
        self._warehouse = warehouse

    def replace(self, related: Sequence[RelatedInsight]) -> None:
        """Replace all neighbours."""
        self._warehouse.write("related_insights", "", [_RELATED.to_row(pair) for pair in related])

    def all(self) -> tuple[RelatedInsight, ...]:
        """Return all neighbours, those of one insight nearest first."""
        return tuple(_RELATED.from_row(row) for row in self._warehouse.read("related_insights", ""))

    def by_insight(self) -> Mapping[str, Sequence[RelatedInsight]]:
        """Return the neighbours of each insight that has some, nearest first."""
        found: defaultdict[str, list[RelatedInsight]] = defaultdict(list)
        for pair in self.all():
            found[pair.insight_id].append(pair)
        return found
