"""The outbox: one small JSON file for each edition, channel and recipient, created by exactly one run.

An attempt to send has a file of its own beside it, which is created by exactly one run, too. Where the record does not
know of an attempt yet, the attempt's file is what holds. Together they are the truth about what was sent; ``export``
copies it into the table ``outbox`` for SQL and people.
"""

import hashlib
from datetime import date
from functools import cached_property
from typing import Any

from upath import UPath

from podcast_insights.delivery.values import Channel, OutboxRow
from podcast_insights.errors import DamagedFileError
from podcast_insights.files import create_bytes, flush_folder, read_bytes, write_bytes
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.warehouse import Warehouse

_ROWS = RowCodec(OutboxRow)


class OutboxRepository:
    """The records of sending. Satisfies ``delivery.outbox.OutboxStore``."""

    def __init__(self, base: UPath) -> None:
        """Keep the records under ``base``."""
        self._folder = base / "outbox"

    def get(self, edition_date: date, channel: Channel, recipient: str) -> OutboxRow | None:
        """Return the record of an edition for a recipient, or None where nothing was planned.

        Raises:
            DamagedFileError: There is a record and it cannot be read; nothing may be sent until a person looked.
        """
        return self._latest(self._path(edition_date, channel, recipient))

    def create(self, row: OutboxRow) -> bool:
        """Write the first record of an edition for a recipient; return False where another run already did."""
        path = self._path(row.edition_date, row.channel, row.recipient)
        is_new = create_bytes(path, self._adapter.dump_json(row))
        flush_folder(path)
        return is_new

    def replace(self, row: OutboxRow) -> None:
        """Write the next state of a record."""
        path = self._path(row.edition_date, row.channel, row.recipient)
        write_bytes(path, self._adapter.dump_json(row))
        # Of all files these are those that cannot be made again: what a power cut forgets is sent twice.
        flush_folder(path)

    def begin(self, row: OutboxRow) -> bool:
        """Enter ``sending`` with the attempt of ``row``, for this run alone; return False where another run has."""
        path = _attempt_path(self._path(row.edition_date, row.channel, row.recipient), row.attempts)
        is_first = create_bytes(path, self._adapter.dump_json(row))
        flush_folder(path)
        return is_first

    def rows(self) -> tuple[OutboxRow, ...]:
        """Return all records, by edition, channel and recipient."""
        return self._rows(self._folder, "*/*.json")

    def of_edition(self, edition_date: date) -> tuple[OutboxRow, ...]:
        """Return the records of one edition, by channel and recipient."""
        return self._rows(self._folder / edition_date.isoformat(), "*.json")

    def export(self, warehouse: Warehouse) -> None:
        """Copy all records into the table ``outbox``."""
        warehouse.write("outbox", "", [_ROWS.to_row(row) for row in self.rows()])

    def _rows(self, folder: UPath, pattern: str) -> tuple[OutboxRow, ...]:
        if not folder.exists():
            return ()
        found = [self._latest(path) for path in sorted(folder.glob(pattern), key=str)]
        rows = [row for row in found if row is not None]
        return tuple(sorted(rows, key=lambda row: (row.edition_date, row.channel, row.recipient)))

    def _latest(self, path: UPath) -> OutboxRow | None:
        """Return the record, or the last of the attempts that began after it was written."""
        row = self._read(path)
        while row is not None and (later := self._read(_attempt_path(path, row.attempts + 1))) is not None:
            row = later
        return row

    def _read(self, path: UPath) -> OutboxRow | None:
        from pydantic import ValidationError

        content = read_bytes(path)
        if content is None:
            return None
        try:
            row: OutboxRow = self._adapter.validate_json(content)
        except ValidationError as error:
            raise DamagedFileError(
                f"the outbox record {path} cannot be read; nothing is sent to its recipient until it is mended or gone"
            ) from error
        return row

    def _path(self, edition_date: date, channel: Channel, recipient: str) -> UPath:
        # The address itself may hold characters that are no file name.
        name = hashlib.sha256(recipient.encode()).hexdigest()[:16]
        return self._folder / edition_date.isoformat() / f"{channel}-{name}.json"

    @cached_property
    def _adapter(self) -> Any:
        from pydantic import TypeAdapter

        return TypeAdapter(OutboxRow)


def _attempt_path(record: UPath, attempt: int) -> UPath:
    return record.with_suffix(f".{attempt}.attempt")
