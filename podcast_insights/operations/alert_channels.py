"""How an alert reaches a person: a mail through the configured mail server, a POST, or what Apprise knows.

The POST goes to an address of theirs. Its body has the names that Slack and Mattermost (``text``), Apprise's server
(``title``, ``body``) and most others understand, so no service needs code of its own here; those that want another body
are reached through ``alert_services.py``. The address is a secret: whoever has it can write there.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import partial
from urllib.parse import urlsplit

from podcast_insights.delivery.mail import MAIL_POLICY
from podcast_insights.delivery.outbox import Sender
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.errors import DeliveryError, PodcastInsightsError, ServerUnreachableError
from podcast_insights.operations.alert_services import notify, services_of
from podcast_insights.operations.alerts import Alert, without_secrets
from podcast_insights.settings import Settings

TIMEOUT_S = 20.0


def tell(alert: Alert, settings: Settings, *, sender: Sender, now: datetime) -> tuple[str, ...]:
    """Bring an alert to everybody who wants it; return the ways it went, none where nobody does.

    Raises:
        DeliveryError: No way worked; the message says why for each.
    """
    clean = without_secrets(alert, settings)
    ways: dict[str, Callable[[], None]] = {
        f"mail to {address}": partial(_send, sender, clean, address, settings, now)
        for address in settings.alerts.recipients
    }
    if settings.alerts.webhook_url is not None:
        url = settings.alerts.webhook_url.get_secret_value()
        ways[f"webhook at {urlsplit(url).hostname}"] = partial(post, url, clean)
    for name, url in services_of(settings).items():
        ways[name] = partial(notify, name, url, clean)
    worked, failed = [], []
    for name, go in ways.items():
        try:
            go()
            worked.append(name)
        except PodcastInsightsError as error:
            failed.append(f"{name}: {error}")
    if failed and not worked:
        raise DeliveryError(f"The alert '{clean.title}' reached nobody: {'; '.join(failed)}")
    return tuple(worked)


def alert_mail(alert: Alert, address: str, settings: Settings, *, now: datetime) -> EmailMessage:
    """Return the mail that brings an alert to one address."""
    domain = parseaddr(settings.delivery.sender)[1].rpartition("@")[2].lower() or "localhost.localdomain"
    name = hashlib.sha256(f"{alert.key}\x1f{address}\x1f{now.isoformat()}".encode()).hexdigest()[:32]
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = settings.delivery.sender
    message["To"] = address
    message["Subject"] = f"[{clean_text(settings.delivery.site_title, NAME_LENGTH)}] {alert.title}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<alert.{name}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(alert.text, cte="quoted-printable")
    return message


def post(url: str, alert: Alert) -> None:
    """Post an alert as JSON; no redirect is followed, and no error names more than the host.

    Raises:
        ServerUnreachableError: There was no answer.
        DeliveryError: The answer was not one of success.
    """
    import requests

    host = urlsplit(url).hostname
    try:
        answer = requests.post(url, json=_payload(alert), timeout=TIMEOUT_S, allow_redirects=False)
    except (requests.RequestException, ValueError) as error:
        # The library's message holds the address.
        raise ServerUnreachableError(
            f"alerts.webhook_url at {host} could not be reached ({type(error).__name__}); check the address"
        ) from None
    if not answer.ok or answer.is_redirect:
        reason = re.sub(r"[^ -~]", "", answer.reason or "")[:60]
        raise DeliveryError(f"alerts.webhook_url at {host} answered {answer.status_code} {reason}; check the address")


def _send(sender: Sender, alert: Alert, address: str, settings: Settings, now: datetime) -> None:
    try:
        sender.send(alert_mail(alert, address, settings, now=now))
    except (ValueError, IndexError, AttributeError) as error:
        # Whom the library cannot write to must not keep the alert from the others.
        raise DeliveryError(
            f"{address!r:.80} in alerts.recipients, or delivery.sender, is not a mail address in ASCII"
        ) from error


def _payload(alert: Alert) -> Mapping[str, str]:
    return {
        "title": alert.title,
        "body": alert.text,
        "text": f"{alert.title}\n{alert.text}",
        "type": "warning",
    }
