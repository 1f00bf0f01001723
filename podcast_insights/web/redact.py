"""Addresses as they may be shown: in messages, logs and tables, where a login or a token has no place."""

import re
from urllib.parse import urlsplit, urlunsplit


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
