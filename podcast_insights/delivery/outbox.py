"""Sending once: each edition goes to each recipient one time, whatever is run again, killed or rebuilt.

The states of a row::

    planned -> sending -> sent      the server took it
                       -> failed    the server refused it for good
                       -> planned   it certainly did not arrive; the next run tries again

To enter ``sending`` is to claim the attempt, in one write: of two runs that find the same row planned, one sends. A row
that is found in ``sending`` belongs to another run, or to one that ended before it knew the answer. Such a message may
have arrived, so it is sent again only when asked (``resend``), under the same Message-ID.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from email.message import EmailMessage
from typing import Protocol

from podcast_insights.delivery.mail import message_id, render_mail, subject_of
from podcast_insights.delivery.text import clean_text
from podcast_insights.delivery.values import Channel, OutboxRow, OutboxState
from podcast_insights.delivery.views import digest_view
from podcast_insights.digest.values import Digest, Preference
from podcast_insights.errors import (
    AcceptanceUnknownError,
    DeliveryDelayedError,
    DeliveryError,
    PodcastInsightsError,
    ServerUnreachableError,
)
from podcast_insights.settings import DeliverySettings, RecipientSettings

MOST_FAILED_CONNECTIONS = 3
ANSWER_LENGTH = 400


class OutboxStore(Protocol):
    """Where the rows are kept, each durable as soon as a call returns."""

    def get(self, edition_date: date, channel: Channel, recipient: str) -> OutboxRow | None:
        """Return the row of an edition for a recipient, or None where nothing was planned."""

    def create(self, row: OutboxRow) -> bool:
        """Write the first row of an edition for a recipient; return False where another run already did."""

    def replace(self, row: OutboxRow) -> None:
        """Write the next state of a row."""

    def begin(self, row: OutboxRow) -> bool:
        """Enter ``sending`` with the attempt of ``row``, for this run alone; return False where another run has."""


class Sender(Protocol):
    """One way to bring a message to its recipient."""

    @property
    def channel(self) -> Channel:
        """The name under which the outbox remembers what went this way."""

    def send(self, message: EmailMessage) -> str:
        """Send one message and return the server's answer.

        Raises:
            ServerUnreachableError: There is no connection.
            DeliveryDelayedError: Not this time (4xx); it certainly did not arrive.
            AcceptanceUnknownError: It may have arrived.
            DeliveryError: Refused for good (5xx).
            SettingsError: What is wrong concerns every recipient alike, such as a wrong password.
        """


def deliver(
    digest: Digest,
    *,
    recipients: Sequence[RecipientSettings],
    settings: DeliverySettings,
    store: OutboxStore,
    sender: Sender,
    now: Callable[[], datetime],
    resend: bool = False,
    said: Sequence[Preference] = (),
) -> tuple[OutboxRow, ...]:
    """Send ``digest`` to each recipient who did not get this edition yet; return a row for each, in their order.

    Everything is planned before anything is sent. One recipient's failure stops nobody else's mail; after three
    connections in a row that failed, the rest stays planned.

    Args:
        digest: The edition; its date is what makes it one.
        recipients: Who receives it; an address that is listed twice gets one mail.
        settings: The sender, the titles and the links of the mail.
        store: The rows of all editions.
        sender: How the mail leaves.
        now: Returns the current time (aware, UTC).
        resend: Send also what was sent, refused or left without an answer.
        said: What recipients said beside the settings.

    Raises:
        SettingsError: A setting that concerns every mail is wrong; rows not yet sent stay planned.
        StorageError: The outbox cannot be read or written; nothing is sent that cannot be recorded.
    """
    distinct: dict[str, RecipientSettings] = {}
    for recipient in recipients:
        distinct.setdefault(recipient.address.casefold(), recipient)
    planned = [
        (recipient, _planned(digest, address, settings=settings, store=store, channel=sender.channel, now=now))
        for address, recipient in distinct.items()
    ]
    rows: list[OutboxRow] = []
    failed_connections = 0
    for recipient, row in planned:
        is_due = resend or row.state == "planned"
        if not is_due or failed_connections >= MOST_FAILED_CONNECTIONS:
            rows.append(row)
            continue
        row, has_connection = _send(
            digest, row, recipient=recipient, settings=settings, store=store, sender=sender, now=now, said=said
        )
        failed_connections = 0 if has_connection else failed_connections + 1
        rows.append(row)
    return tuple(rows)


def _planned(
    digest: Digest,
    address: str,
    *,
    settings: DeliverySettings,
    store: OutboxStore,
    channel: Channel,
    now: Callable[[], datetime],
) -> OutboxRow:
    """Return the row of this edition for an address, planning it where there is none."""
    known = store.get(digest.digest_date, channel, address)
    if known is not None:
        return known
    at = now()
    row = OutboxRow(
        edition_date=digest.digest_date,
        channel=channel,
        recipient=address,
        state="planned",
        message_id=message_id(digest.digest_date, address, settings),
        subject=subject_of(digest_view(digest)),
        attempts=0,
        planned_at=at,
        changed_at=at,
        digest_fingerprint=digest.fingerprint,
    )
    if store.create(row):
        return row
    # Another run planned it between the two calls; what it wrote counts.
    return store.get(digest.digest_date, channel, address) or row


def _send(
    digest: Digest,
    row: OutboxRow,
    *,
    recipient: RecipientSettings,
    settings: DeliverySettings,
    store: OutboxStore,
    sender: Sender,
    now: Callable[[], datetime],
    said: Sequence[Preference],
) -> tuple[OutboxRow, bool]:
    """Send one message; return its row as it stands afterwards, and whether the server could be reached."""
    at = now()
    sending = replace(
        row,
        state="sending",
        attempts=row.attempts + 1,
        answer=None,
        changed_at=at,
        digest_fingerprint=digest.fingerprint,
    )

    def enter(state: OutboxState, answer: str | None) -> OutboxRow:
        entered = replace(sending, state=state, answer=answer and clean_text(answer, ANSWER_LENGTH), changed_at=now())
        store.replace(entered)
        return entered

    try:
        message = render_mail(digest, recipient=recipient, settings=settings, now=at, said=said)
        # The first Message-ID stays, even when the sender's domain has changed since.
        message.replace_header("Message-ID", row.message_id)
        sending = replace(sending, subject=str(message["Subject"]))
        if not store.begin(sending):
            return store.get(row.edition_date, row.channel, row.recipient) or row, True
        answer = sender.send(message)
    except AcceptanceUnknownError as error:
        return enter("sending", str(error)), False
    except DeliveryDelayedError as error:
        return enter("planned", str(error)), not isinstance(error, ServerUnreachableError)
    except DeliveryError as error:
        return enter("failed", str(error)), True
    except PodcastInsightsError as error:
        enter("planned", str(error))
        raise
    # Outside of the block: the mail has left, so where this cannot be written it must not become planned again.
    return enter("sent", answer), True
