"""The digest as a mail: one message for one person, in HTML and in plain text.

It needs no pictures and asks nothing of any server when it is opened. The Message-ID depends on edition, recipient and
sender only, so a message that is sent again is recognised as the same. Sending is ``outbox.py``'s work.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import quote

from podcast_insights.delivery.feedback import feedback_links
from podcast_insights.delivery.links import absolute_link, safe_url
from podcast_insights.delivery.personal import edition_for
from podcast_insights.delivery.templating import render
from podcast_insights.delivery.text import NAME_LENGTH, clean_text
from podcast_insights.delivery.views import DigestView, digest_view
from podcast_insights.digest.values import Digest, Preference
from podcast_insights.errors import DeliveryError, SettingsError
from podcast_insights.settings import DeliverySettings, RecipientSettings

SUBJECT_LENGTH = 110
PREVIEW_LENGTH = 200
# A line of a mail has at most 998 letters (RFC 5322, 2.1.1), and this one cannot be folded.
MOST_OF_AN_ADDRESS = 900
MAX_HTML_BYTES = 90_000
TEXT_LENGTHS = (1200, 600, 300, 120)
NOT_FOR_YOU = "Of this day's insights, what you asked for leaves none: they are muted, or in other languages."
EDITION_HEADER = "X-Podcast-Insights-Edition"


class MailPolicy(EmailPolicy):
    """The standard policy, except that headers which programs read are never encoded, and words are never decoded.

    The stock policy turns a long List-Unsubscribe into an encoded word, which no mail program understands. And it takes
    a claim such as ``=?utf-8?q?x=0D=0ABcc:...?=`` for what that stands for, line breaks included: headers of its own.
    """

    _VERBATIM = frozenset({"message-id", "list-id", "list-unsubscribe", "list-unsubscribe-post"})

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Return the header as it is kept in the message."""
        return super().header_store_parse(name, literal(value) if isinstance(value, str) else value)

    def fold(self, name: str, value: str) -> str:
        """Return the header as it is sent."""
        return self._verbatim(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header as it is sent, in bytes."""
        verbatim = self._verbatim(name, value)
        return verbatim.encode("ascii") if verbatim else super().fold_binary(name, value)

    def _verbatim(self, name: str, value: str) -> str | None:
        return f"{name}: {value}{self.linesep}" if name.lower() in self._VERBATIM else None


def literal(text: str) -> str:
    """Return a text in which no mail program or library finds an encoded word (RFC 2047)."""
    return text.replace("=?", "= ?")


MAIL_POLICY = MailPolicy(linesep="\r\n", raise_on_defect=False)


def render_mail(
    digest: Digest,
    *,
    recipient: RecipientSettings,
    settings: DeliverySettings,
    now: datetime,
    said: Sequence[Preference] = (),
) -> EmailMessage:
    """Return the message that brings ``digest`` to ``recipient``, shaped by what they said beside the settings.

    Raises:
        SettingsError: ``delivery.sender`` cannot stand in a header, or ``delivery.unsubscribe`` or
            ``delivery.feedback`` is no address.
        DeliveryError: The recipient's address cannot stand in a header.
    """
    edition = edition_for(digest, recipient, said)
    view = digest_view(edition)
    if digest.entries and not edition.entries:
        view = replace(view, summary=NOT_FOR_YOU)
    sender_name, sender_address = parseaddr(settings.sender)
    title = clean_text(settings.site_title, NAME_LENGTH)
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = _sender(sender_name or title, settings.sender, sender_address)
    message["To"] = _recipient(recipient)
    message["Subject"] = subject_of(view)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(digest.digest_date, recipient.address, settings)
    message["List-Id"] = f"<podcast-insights.{_domain(sender_address)}>"
    message["List-Unsubscribe"] = f"<{unsubscribe_url(settings)}>"
    if settings.unsubscribe_by_post:
        message["List-Unsubscribe-Post"] = _one_click(settings)
    message["Auto-Submitted"] = "auto-generated"
    message[EDITION_HEADER] = digest.digest_date.isoformat()
    context = _context(view, recipient, settings, title)
    message.set_content(render("mail.txt", **context, limit=TEXT_LENGTHS[0]), cte="quoted-printable")
    message.add_alternative(_html(context), subtype="html", cte="quoted-printable")
    # The stock boundary is random; the same edition must be the same bytes.
    message.set_boundary(f"=_{digest.fingerprint[:32]}_=")
    return message


def as_test(message: EmailMessage, *, now: datetime) -> EmailMessage:
    """Return ``message`` as a test: named so, with an identity of its own, so that it is not taken for the edition."""
    edition_id = str(message["Message-ID"]).strip("<>")
    message.replace_header("Subject", f"Test: {message['Subject']}")
    message.replace_header("Message-ID", f"<test.{now:%Y%m%dT%H%M%S%f}.{edition_id}>")
    message.replace_header(EDITION_HEADER, f"test-{message[EDITION_HEADER]}")
    return message


def subject_of(view: DigestView) -> str:
    """Return the strongest claim of the day, or that there is none."""
    if not view.entries:
        return clean_text(f"No insights on {view.title}", SUBJECT_LENGTH)
    return clean_text(view.entries[0].insight.claim, SUBJECT_LENGTH)


def preview_of(view: DigestView) -> str:
    """Return what an inbox shows beside the subject: the day's numbers, and the claims after the strongest."""
    others = " ".join(f"{entry.rank}. {entry.insight.claim}" for entry in view.entries[1:])
    return clean_text(f"{view.summary} {others}", PREVIEW_LENGTH)


def message_id(edition_date: date, address: str, settings: DeliverySettings) -> str:
    """Return the Message-ID of an edition for a recipient, the same whenever it is asked for."""
    domain = _domain(parseaddr(settings.sender)[1])
    key = "\x1f".join((edition_date.isoformat(), address.casefold(), domain))
    return f"<{edition_date.isoformat()}.{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def unsubscribe_url(settings: DeliverySettings) -> str:
    """Return where to ask for no more mail: what the settings say, else a mail to the sender.

    Raises:
        SettingsError: ``delivery.unsubscribe`` is neither a mailto: nor an https: address, or too long for a header.
    """
    if settings.unsubscribe is None:
        return f"mailto:{quote(parseaddr(settings.sender)[1], safe='@+')}?subject=unsubscribe"
    safe = safe_url(settings.unsubscribe, ("mailto", "https"))
    if safe is None or len(safe) > MOST_OF_AN_ADDRESS:
        raise SettingsError(
            f"delivery.unsubscribe must be a mailto: or https: address of at most {MOST_OF_AN_ADDRESS} letters, got "
            f"{settings.unsubscribe!r:.80}"
        )
    return safe


def _one_click(settings: DeliverySettings) -> str:
    if safe_url(unsubscribe_url(settings), ("https",)) is None:
        raise SettingsError("delivery.unsubscribe_by_post needs an https: address in delivery.unsubscribe")
    return "List-Unsubscribe=One-Click"


def _sender(name: str, written: str, address: str) -> Address:
    try:
        return _address(name, address)
    except (ValueError, IndexError) as error:
        raise SettingsError(
            f"delivery.sender must be like 'Name <name@example.org>' in ASCII, got {written!r:.80}"
        ) from error


def _recipient(recipient: RecipientSettings) -> Address:
    try:
        return _address(recipient.name or "", recipient.address)
    except (ValueError, IndexError) as error:
        raise DeliveryError(
            f"{recipient.address!r:.80} is not a mail address in ASCII; correct it in delivery.recipients"
        ) from error


def _address(name: str, address: str) -> Address:
    # Mail servers that do not speak SMTPUTF8, which is most, take ASCII addresses only.
    address.encode("ascii")
    try:
        found = Address(display_name=literal(clean_text(name, NAME_LENGTH)), addr_spec=address)
    except (MessageError, AttributeError) as error:
        # So the library's parser ends on a domain such as "example..org".
        raise ValueError(f"{address!r:.80} cannot be read") from error
    if found.addr_spec != address:
        # Of "a(b)@example.org" it reads "a@example.org", which may be somebody else.
        raise ValueError(f"{address!r:.80} is read as {found.addr_spec!r:.80}")
    return found


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower() or "localhost.localdomain"


def _context(
    view: DigestView, recipient: RecipientSettings, settings: DeliverySettings, title: str
) -> dict[str, object]:
    site_url = safe_url(settings.site_url)
    return {
        "day": view,
        "subject": subject_of(view),
        "preview": preview_of(view),
        "site_title": title,
        "site_url": site_url,
        "address": recipient.address,
        "unsubscribe": unsubscribe_url(settings),
        "postal_address": clean_text(settings.postal_address or "", 2 * NAME_LENGTH),
        "shorten": clean_text,
        "votes": lambda insight: feedback_links(insight.insight_id, settings, address=recipient.address),
        "link": lambda page: absolute_link(site_url, page) if site_url else None,
    }


def _html(context: dict[str, object]) -> str:
    """Return the HTML part with its styles inline, its texts shortened until it is below what mail programs clip."""
    from css_inline import CSSInliner

    inliner = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
    for limit in TEXT_LENGTHS:
        html: str = inliner.inline(render("mail.html", **context, limit=limit))
        if len(html.encode()) <= MAX_HTML_BYTES:
            break
    return html
