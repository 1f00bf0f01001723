"""A store and a sender for deliveries, which remember what was asked of them and fail when told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from podcast_insights.delivery.values import Channel, OutboxRow


class FakeStore:
    """Rows in memory; ``states`` is every state that was ever written, in order."""

    def __init__(self, *rows: OutboxRow) -> None:
        self.rows = {(row.edition_date, row.channel, row.recipient): row for row in rows}
        self.states: list[tuple[str, str]] = []
        self.begun: set[tuple[str, int]] = set()

    def get(self, edition_date: date, channel: Channel, recipient: str) -> OutboxRow | None:
        return self.rows.get((edition_date, channel, recipient))

    def create(self, row: OutboxRow) -> bool:
        if self.get(row.edition_date, row.channel, row.recipient):
            return False
        self.replace(row)
        return True

    def replace(self, row: OutboxRow) -> None:
        self.rows[row.edition_date, row.channel, row.recipient] = row
        self.states.append((row.recipient, row.state))

    def begin(self, row: OutboxRow) -> bool:
        if (row.recipient, row.attempts) in self.begun:
            return False
        self.begun.add((row.recipient, row.attempts))
        self.replace(row)
        return True


class FakeSender:
    """Takes every message, except to addresses for which it was told to fail."""

    channel: Channel = "smtp"

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.taken: list[EmailMessage] = []
        self._failures: dict[str, Exception] = {}

    def fails(self, address: str, error: Exception) -> None:
        self._failures[address] = error

    def recovers(self) -> None:
        self._failures.clear()

    def send(self, message: EmailMessage) -> str:
        address = message["To"].addresses[0].addr_spec
        self.tried.append(address)
        if address in self._failures:
            raise self._failures[address]
        self.taken.append(message)
        return "250 OK"


class MailServer:
    """A real SMTP server's manners: what it answers at RCPT and DATA, and what it received."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.at_rcpt = "250 OK"
        self.at_data = "250 OK queued"
        self.cuts_at: str | None = None
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.cuts_at == "rcpt":
            server.transport.close()
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.received.append(envelope)
        if self.cuts_at == "data":
            server.transport.close()
        return self.at_data


@contextmanager
def running_mail_server(**options: object) -> Iterator[MailServer]:
    """Yield a server on a free port of loopback."""
    server = MailServer()
    controller = Controller(server, **({"hostname": "127.0.0.1", "port": _free_port()} | options))
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
