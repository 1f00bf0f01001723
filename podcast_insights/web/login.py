"""Logins in addresses (``https://user:password@host/``): taken out of them, and kept for the host that they open.

An enclosure of a feed with a login lies on the same host and wants the same login, and so does what that host redirects
to; no other host is told.
"""

from urllib.parse import unquote, urlsplit, urlunsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int | None]


def origin_of(url: str) -> Origin | None:
    """Return the scheme, host and port of an address, or None where it has none."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return None
    return (scheme, host.rstrip("."), port or DEFAULT_PORTS.get(scheme)) if host else None


def login_in(url: str) -> tuple[str, str] | None:
    """Return the user name and password in an address, or None where there are none."""
    parts = urlsplit(url)
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


def without_login(url: str) -> str:
    """Return an address without the user name and password in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
