"""The two ways a mail leaves: through an SMTP server, or into a folder as an ``.eml`` file.

Every error of ``smtplib`` leaves as one of ours, and says whether the message can have arrived. The dialogue is held
command by command, because that is known only from where it broke off: before the final dot of DATA nothing has
arrived, after it and before the answer nobody knows.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from upath import UPath

from podcast_insights.delivery.mail import EDITION_HEADER
from podcast_insights.delivery.values import Channel
from podcast_insights.errors import (
    AcceptanceUnknownError,
    DeliveryDelayedError,
    DeliveryError,
    ServerUnreachableError,
    SettingsError,
)
from podcast_insights.files import write_bytes
from podcast_insights.fingerprints import short_id
from podcast_insights.settings import DeliverySettings, SmtpSettings


class SmtpSender:
    """Sends each message over a connection of its own."""

    channel: Channel = "smtp"

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def send(self, message: EmailMessage) -> str:
        """Send one message and return the server's answer (see ``outbox.Sender`` for what is raised)."""
        sender, recipient = _addresses(message)
        with self._connection() as smtp:
            with self._explained(recipient):
                self._open(smtp)
                _expect(250, *smtp.mail(sender))
                _expect(250, *smtp.rcpt(recipient))
                _expect(354, *smtp.docmd("DATA"))
            return self._send_content(smtp, message.as_bytes(), recipient)

    def check(self) -> str:
        """Connect and log in without sending anything; return what was reached.

        Raises:
            DeliveryError: The server cannot be reached, or does not take the login.
            SettingsError: The login or the certificate is wrong.
        """
        with self._connection() as smtp, self._explained(None):
            self._open(smtp)
        return f"{self._server} takes the connection and the login"

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        with self._explained(None):
            try:
                smtp = self._connected()
            except UnicodeError as error:
                raise SettingsError(
                    f"delivery.smtp.host {self._settings.host!r} is no server's name: {error}"
                ) from error
        try:
            yield smtp
        finally:
            # Not quit(): by now the message is accepted or not, and a slow goodbye must not change that.
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        host, port, timeout_s = self._settings.host, self._settings.port, self._settings.timeout_s
        if self._settings.security == "tls":
            # Without a context of its own, smtplib does not check the server's certificate.
            return smtplib.SMTP_SSL(host, port, timeout=timeout_s, context=self._trusted())
        return smtplib.SMTP(host, port, timeout=timeout_s)

    def _trusted(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._settings.ca_file is not None:
            try:
                context.load_verify_locations(self._settings.ca_file)
            except (OSError, ssl.SSLError) as error:
                raise SettingsError(
                    f"delivery.smtp.ca_file {self._settings.ca_file} cannot be read as PEM: {error}"
                ) from error
        return context

    def _open(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._settings.security == "starttls":
            smtp.starttls(context=self._trusted())
            smtp.ehlo()
        if self._settings.username is not None:
            password = self._settings.password.get_secret_value() if self._settings.password else ""
            try:
                smtp.login(self._settings.username, password)
            except UnicodeEncodeError:
                # The error quotes what it could not encode.
                raise SettingsError(
                    f"the login at {self._server} can be in ASCII only; choose a password without other characters "
                    "(delivery.smtp.username, PODCAST_INSIGHTS_DELIVERY__SMTP__PASSWORD)"
                ) from None

    def _send_content(self, smtp: smtplib.SMTP, content: bytes, recipient: str) -> str:
        try:
            # A line that begins with a dot gets another one (RFC 5321, 4.5.2).
            smtp.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            code, answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise AcceptanceUnknownError(
                f"{self._server} took the mail to {recipient} and broke off before it answered ({error}); it may have "
                "arrived, so it is sent again only when you ask for a resend"
            ) from error
        with self._explained(recipient):
            _expect(250, code, answer)
        return f"{code} {answer.decode(errors='replace')}"

    @property
    def _server(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    @contextmanager
    def _explained(self, recipient: str | None) -> Iterator[None]:
        whose = f"the mail to {recipient}" if recipient else "the mail"
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            if _is_temporary(error.smtp_code):
                raise DeliveryDelayedError(f"{self._server} cannot check the login now: {_answer(error)}") from error
            raise SettingsError(
                f"{self._server} refused the login ({_answer(error)}); check delivery.smtp.username and the password"
            ) from error
        except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
            raise SettingsError(f"{self._server}: {error}; check delivery.smtp.security, host and port") from error
        except smtplib.SMTPConnectError as error:
            raise ServerUnreachableError(f"{self._server} takes no connections now: {_answer(error)}") from error
        except smtplib.SMTPResponseException as error:
            if _is_temporary(error.smtp_code):
                raise DeliveryDelayedError(f"{self._server} put {whose} off: {_answer(error)}") from error
            raise DeliveryError(f"{self._server} refused {whose}: {_answer(error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise ServerUnreachableError(
                f"{self._server} could not be reached or broke off ({error}); check delivery.smtp.host and port"
            ) from error


class EmlSender:
    """Writes each message to ``<folder>/<date>-<recipient>.eml``, where any mail program opens it."""

    channel: Channel = "eml"

    def __init__(self, folder: UPath) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> str:
        """Write one message and return where it is.

        Raises:
            StorageFullError: There is no space left.
            StorageError: The file cannot be written.
        """
        _, recipient = _addresses(message)
        path = self._folder / f"{message[EDITION_HEADER]}-{_file_name(recipient)}.eml"
        write_bytes(path, message.as_bytes())
        return f"written to {path}"


def sender_for(settings: DeliverySettings, folder: UPath) -> SmtpSender | EmlSender:
    """Return the way by which mails leave: the server, where one is set, else files in ``folder``."""
    return SmtpSender(settings.smtp) if settings.smtp else EmlSender(folder)


def _addresses(message: EmailMessage) -> tuple[str, str]:
    """Return the plain addresses of the sender and the one recipient."""
    return message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec


def _file_name(address: str) -> str:
    """Return an address as part of a file's name; where a character had to go, its hash keeps it distinct."""
    name = re.sub(r"[^a-z0-9.@_+-]", "-", address.casefold())[:100]
    return name if name == address.casefold() else f"{name}-{short_id(address)[:6]}"


def _expect(wanted: int, code: int, answer: bytes) -> None:
    if code // 10 != wanted // 10:
        raise smtplib.SMTPResponseException(code, answer)


def _is_temporary(code: int) -> bool:
    return 400 <= code < 500


def _answer(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    return f"{error.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
