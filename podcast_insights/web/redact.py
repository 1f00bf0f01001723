"""Addresses as they may be shown in messages, logs and tables, where a login, a token or who gets mail has no place."""

import re
from urllib.parse import urlsplit, urlunsplit

# The file of a mail is called by its day and its address.
_MAIL = re.compile(r"(\d{4}-\d\d-\d\d-)?([^\s@/<>()\[\]\"',:;|])[^\s@/<>()\[\]\"',:;|]{0,100}@(?=[^\s@])")


def redact_url(url: str) -> str:
    """Return ``url`` for a message: without user name, password, and what its query holds beside names."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    # What has no name may be a token alone.
    query = re.sub(r"([^=&]+=)?[^&]+", lambda found: f"{found[1] or ''}...", parts.query)
    shown = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))
    # In one piece, so that what stands behind a space is seen to belong to it.
    return re.sub(r"\s", "%20", shown)[:500]


def mask_mail(text: str) -> str:
    """Return ``text`` with the mail addresses in it so that who knows them recognises them: ``j***@example.com``."""
    return _MAIL.sub(r"\1\2***@", text)
