"""The values of delivery: a file of the site, and who receives what and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Channel = Literal["smtp", "eml"]
OutboxState = Literal["planned", "sending", "sent", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """One file of the site, made when it is asked for.

    ``path`` is relative to the site's folder. Same ``key``, same content: what was published under it need not be made
    again.
    """

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One edition for one recipient through one channel: the record that makes sending happen once.

    ``recipient`` is the address. ``sending`` means that the server may have accepted the message although we do not
    know it; a resend carries the same ``message_id``.
    """

    edition_date: date
    channel: Channel
    recipient: str
    state: OutboxState
    message_id: str
    subject: str
    attempts: int
    planned_at: datetime
    changed_at: datetime
    answer: str | None = None
    digest_fingerprint: str | None = None
