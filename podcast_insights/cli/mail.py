"""``podcast-insights mail``: send a day's mail, look at it first, or try whether mails arrive at all."""

from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from podcast_insights.cli.run_days import Days
from podcast_insights.cli.terminal import how_many_were
from podcast_insights.delivery.editions import wanted_recipients
from podcast_insights.delivery.mail import as_test, render_mail
from podcast_insights.digest.values import Digest
from podcast_insights.errors import SettingsError
from podcast_insights.files import write_bytes
from podcast_insights.settings import RecipientSettings, Settings, dagster_home, load_settings
from podcast_insights.storage.store import Store

if TYPE_CHECKING:
    from podcast_insights.defs.runs import DayRun

NOBODY = RecipientSettings(address="reader@example.org", name="Reader")


def preview_mail(console: Console, day: date | None, folder: Path, *, only: Sequence[str] = ()) -> None:
    """Write the mail of a day into ``folder``, as it would be sent to each recipient; nothing is sent.

    Raises:
        SettingsError: There is no digest of that day, or an address of ``only`` is no recipient's.
        StorageError: The files cannot be written.
    """
    from upath import UPath

    from podcast_insights.defs.resources import utc_now

    settings = load_settings()
    digest = _digest_of(settings, day)
    said = Store(settings.storage.base_url).preferences.all()
    for number, recipient in enumerate(wanted_recipients(settings.delivery.recipients, only) or (NOBODY,), start=1):
        message = render_mail(digest, recipient=recipient, settings=settings.delivery, now=utc_now(), said=said)
        for kind, suffix in (("html", "html"), ("plain", "txt")):
            path = UPath(folder) / f"{digest.digest_date.isoformat()}-{number}.{suffix}"
            write_bytes(path, _part(message, kind).encode())
            console.print(f"{recipient.address}: {path}", markup=False)


def try_mail(console: Console, day: date | None, address: str) -> None:
    """Send the mail of a day to one address as a test, which the outbox does not know.

    Raises:
        SettingsError: There is no digest of that day, or the settings of the mail server are wrong.
        DeliveryError: The mail was not taken; the message says why.
    """
    from podcast_insights.defs.resources import utc_now
    from podcast_insights.delivery.senders import sender_for

    settings = load_settings()
    digest = _digest_of(settings, day)
    known = {one.address.casefold(): one for one in settings.delivery.recipients}
    recipient = known.get(address.casefold()) or _recipient(address)
    now = utc_now()
    store = Store(settings.storage.base_url)
    said = store.preferences.all()
    message = render_mail(digest, recipient=recipient, settings=settings.delivery, now=now, said=said)
    sender = sender_for(settings.delivery, store.mail)
    console.print(f"{recipient.address}: {sender.send(as_test(message, now=now))}", markup=False)


def send_mail(console: Console, day: date | None, *, resend: bool, only: Sequence[str] = ()) -> bool:
    """Send the mail of a day to those who did not get it, or again to those who did; return whether all have it.

    Raises:
        SettingsError: There is no digest of that day, or nobody to send it to.
    """
    settings = load_settings()
    if not settings.delivery.recipients:
        raise SettingsError("Nobody gets a mail: delivery.recipients is empty.")
    digest = _digest_of(settings, day)
    config = {"digest_mail": {"send_past_editions": True, "resend": resend, "only": list(only)}}
    days = Days(console, settings, home=dagster_home())
    with days.working(1):
        run = days.run("digest_job", digest.digest_date, label="Mail", assets=["digest_mail"], config=config)
    for row in Store(settings.storage.base_url).outbox.of_edition(digest.digest_date):
        console.print(f"{row.recipient}: {row.state} {row.answer or ''}".rstrip(), markup=False)
    return run.is_success and not tell_unsent(console, digest.digest_date, run)


def tell_unsent(console: Console, day: date, run: "DayRun") -> int:
    """Say how many of those to whom a run should have brought the mail of a day do not have it; return that."""
    unsent = int(run.metadata.get("digest_mail", {}).get("skipped", 0))
    if unsent:
        console.print(
            f"{how_many_were(unsent, 'recipient')} not reached. 'podcast-insights mail {day}' says why and sends what "
            "waits; with --resend --to ADDRESS also what was refused or may have arrived.",
            style="yellow",
            markup=False,
        )
    return unsent


def _digest_of(settings: Settings, day: date | None) -> Digest:
    store = Store(settings.storage.base_url)
    day = day or max(store.digests.days(), default=None)
    digest = store.digests.of_day(day) if day else None
    if digest is None:
        raise SettingsError(
            f"There is no digest of {day.isoformat() if day else 'any day'} yet: podcast-insights digest makes it."
        )
    return digest


def _recipient(address: str) -> RecipientSettings:
    from pydantic import ValidationError

    try:
        return RecipientSettings(address=address)
    except ValidationError as error:
        raise SettingsError(f"{address!r:.80} is not a mail address such as you@example.com") from error


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
