"""One run of the mail in a process of its own, which kills itself at a named point; ``test_killed_mail.py`` starts it.

Its arguments are the outbox's folder, the server's port and the point.
"""

import os
import signal
import sys
from datetime import date
from pathlib import Path

from upath import UPath

from podcast_insights.delivery.outbox import deliver
from podcast_insights.delivery.senders import SmtpSender
from podcast_insights.delivery.values import Channel, OutboxRow
from podcast_insights.settings import DeliverySettings, RecipientSettings, SmtpSettings
from podcast_insights.storage.outbox import OutboxRepository
from podcast_insights_tests.digest.fakes import NOW, a_candidate, a_digest

DIGEST = a_digest(a_candidate("a"))
RECIPIENTS = (RecipientSettings(address="a@example.org"), RecipientSettings(address="b@example.org"))


class KillingOutbox:
    """The real outbox, and a kill -9 right after the write that is named."""

    def __init__(self, outbox: OutboxRepository, point: str) -> None:
        self.outbox = outbox
        self.point = point

    def get(self, edition_date: date, channel: Channel, recipient: str) -> OutboxRow | None:
        return self.outbox.get(edition_date, channel, recipient)

    def create(self, row: OutboxRow) -> bool:
        created = self.outbox.create(row)
        self.reaches("planned")
        return created

    def begin(self, row: OutboxRow) -> bool:
        begun = self.outbox.begin(row)
        self.reaches("sending")
        return begun

    def replace(self, row: OutboxRow) -> None:
        if row.state == "sent":
            self.reaches("accepted")
        self.outbox.replace(row)
        self.reaches(row.state)

    def reaches(self, point: str) -> None:
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)


def run(folder: Path, port: int, point: str = "", *, resend: bool = False) -> list[str]:
    """Send the edition; return the states of the rows."""
    sender = SmtpSender(SmtpSettings(host="127.0.0.1", port=port, security="none", timeout_s=5))
    rows = deliver(
        DIGEST,
        recipients=RECIPIENTS,
        settings=DeliverySettings(),
        store=KillingOutbox(OutboxRepository(UPath(folder)), point),
        sender=sender,
        now=lambda: NOW,
        resend=resend,
    )
    return [row.state for row in rows]


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
