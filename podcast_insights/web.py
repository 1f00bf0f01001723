"""The one door to the network for addresses that others wrote: feeds, enclosures, transcripts.

Whoever writes a feed chooses where we connect, so every hop of every request is checked here: the scheme, the address
that the name resolves to (the connection is pinned to the address that was checked), the bytes and the time. Redirects
are followed by hand, because ``requests`` follows them without a deadline and does not say whether all were permanent.
Bodies are read with ``read1``: ``iter_content`` waits for full chunks, so a dripping server outlives any deadline.

What is asked, when, and what an answer means belongs to the callers. Services that the user configures by hand (mail,
language models) do not come through here.
"""

import hashlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
import urllib3
from requests_hardened.ip_filter import InvalidIPAddress

from podcast_insights import __version__
from podcast_insights.errors import (
    GoneError,
    NetworkError,
    RefusedError,
    TooLargeError,
    UnsafeAddressError,
)
from podcast_insights.web_session import asked_wait_s, guarded_session

MAX_REDIRECTS = 10
CHUNK_BYTES = 65536
CONNECT_TIMEOUT_S = 10.0
REDIRECTS = {301, 302, 303, 307, 308}
PERMANENT_REDIRECTS = {301, 308}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebResponse:
    """An answer that was read whole: status 2xx or 304.

    ``body`` is decoded, ``body_bytes`` counts what came over the wire. ``permanent_url`` is where the address moved
    for good: set only where every redirect on the way was 301 or 308 and none led from https to http.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    body_bytes: int
    final_url: str
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDownload:
    """A body that was written to a file as it came."""

    status: int
    size_bytes: int
    sha256: str
    media_type: str | None
    final_url: str


@dataclass(frozen=True, slots=True)
class _Opened:
    """An answer of which only the head was read."""

    response: requests.Response
    url: str
    permanent_url: str | None


class _Deadline:
    """The moment by which a whole transfer, redirects included, must be over."""

    def __init__(self, timeout_s: float, url: str) -> None:
        self._ends = time.monotonic() + timeout_s
        self._timeout_s = timeout_s
        self._url = url

    def left_s(self) -> float:
        """Return the seconds that are left.

        Raises:
            TooLargeError: There are none.
        """
        left_s = self._ends - time.monotonic()
        if left_s <= 0:
            raise TooLargeError(f"{redact_url(self._url)} took longer than {self._timeout_s:g} s")
        return left_s


class WebClient:
    """Reads web addresses that others wrote. One client serves many threads; it keeps connections, not cookies.

    Args:
        user_agent: How we introduce ourselves (see the function ``user_agent``).
        allow_hosts: Hosts on private or loopback addresses that may be reached, by name or address.
    """

    def __init__(self, user_agent: str, allow_hosts: Sequence[str] = ()) -> None:
        self._session = guarded_session(user_agent, frozenset(host.strip("[]").lower() for host in allow_hosts))

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int, timeout_s: float
    ) -> WebResponse:
        """Return the answer to a GET, decoded; 304 is an answer like 200.

        Raises:
            NetworkError: No connection, a time-out, a broken transfer, 429 or 5xx.
            RefusedError: Another 4xx; ``GoneError`` for 410.
            UnsafeAddressError: The address, or one that it leads to, is not a public http or https address.
            TooLargeError: More than ``max_bytes``, or more than ``timeout_s`` in all.
        """
        deadline = _Deadline(timeout_s, url)
        with self._open(url, {"Accept-Encoding": "gzip, deflate", **(headers or {})}, deadline) as opened:
            body = b"".join(_chunks(opened, max_bytes, deadline))
            return WebResponse(
                status=opened.response.status_code,
                headers=opened.response.headers,
                body=body,
                body_bytes=opened.response.raw.tell(),
                final_url=opened.url,
                permanent_url=opened.permanent_url,
            )

    def download(self, url: str, destination: BinaryIO, *, max_bytes: int, timeout_s: float) -> WebDownload:
        """Write the body behind ``url`` to ``destination`` as it comes, unencoded, and return what it was.

        Raises:
            NetworkError: As for ``get``; also where fewer bytes came than the server announced.
            RefusedError: As for ``get``.
            UnsafeAddressError: As for ``get``.
            TooLargeError: As for ``get``.
            OSError: ``destination`` could not be written; what that means is the caller's to say.
        """
        deadline = _Deadline(timeout_s, url)
        digest = hashlib.sha256()
        size_bytes = 0
        with self._open(url, {"Accept-Encoding": "identity"}, deadline) as opened:
            for chunk in _chunks(opened, max_bytes, deadline):
                destination.write(chunk)
                digest.update(chunk)
                size_bytes += len(chunk)
            media_type = opened.response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return WebDownload(
                status=opened.response.status_code,
                size_bytes=size_bytes,
                sha256=digest.hexdigest(),
                media_type=media_type or None,
                final_url=opened.url,
            )

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str], deadline: _Deadline) -> Iterator[_Opened]:
        """Follow redirects from ``url`` to an answer worth reading, and close it afterwards."""
        current, is_permanent = url, True
        for _ in range(MAX_REDIRECTS + 1):
            with self._send(current, headers, deadline) as response:
                target = response.headers.get("Location")
                if response.status_code not in REDIRECTS or not target:
                    _raise_for_status(response, current)
                    yield _Opened(response, current, current if is_permanent and current != url else None)
                    return
                following = urljoin(current, target)
                is_downgrade = current.lower().startswith("https:") and following.lower().startswith("http:")
                is_permanent = is_permanent and response.status_code in PERMANENT_REDIRECTS and not is_downgrade
                current = following
        raise RefusedError(f"{redact_url(url)} was redirected more than {MAX_REDIRECTS} times")

    def _send(self, url: str, headers: Mapping[str, str], deadline: _Deadline) -> requests.Response:
        _check_scheme(url)
        # Halved, because a connection or an answer may be retried once.
        wait_s = deadline.left_s() / 2
        with _translated(url):
            return self._session.get(
                url,
                headers=dict(headers),
                stream=True,
                allow_redirects=False,
                timeout=(min(CONNECT_TIMEOUT_S, wait_s), wait_s),
            )


def user_agent(contact_url: str | None) -> str:
    """Return how we introduce ourselves to servers: name, version and where a publisher can reach the user."""
    name = f"podcast-insights/{__version__}"
    return f"{name} (+{contact_url})" if contact_url else name


def redact_url(url: str) -> str:
    """Return ``url`` for a message: without user name, password, and the values of its query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    query = re.sub(r"=[^&]*", "=...", parts.query)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))[:500]


def _check_scheme(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_web = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise UnsafeAddressError(f"{redact_url(url)} is not an http or https address")


def _raise_for_status(response: requests.Response, url: str) -> None:
    status = response.status_code
    if 200 <= status < 300 or status == 304:
        return
    message = f"{redact_url(url)} answered {status} {response.reason or ''}".rstrip()
    if status == 410:
        raise GoneError(f"{message}: it is gone for good", status=status)
    if status == 429 or status >= 500:
        raise NetworkError(message, status=status, retry_after_s=asked_wait_s(response.headers))
    raise RefusedError(message, status=status)


def _chunks(opened: _Opened, max_bytes: int, deadline: _Deadline) -> Iterator[bytes]:
    """Yield the decoded body, within the limits on bytes and time."""
    raw: urllib3.HTTPResponse = opened.response.raw
    url = redact_url(opened.url)
    announced = opened.response.headers.get("Content-Length", "")
    announced_bytes = int(announced) if announced.isascii() and announced.isdigit() else None
    if opened.response.status_code == 304:
        return
    if announced_bytes is not None and announced_bytes > max_bytes:
        raise TooLargeError(f"{url} has {announced_bytes} bytes; the limit is {max_bytes}")
    received_bytes = 0
    while chunk := _read_chunk(raw, opened.url):
        received_bytes += len(chunk)
        if received_bytes > max_bytes:
            raise TooLargeError(f"{url} is larger than the limit of {max_bytes} bytes")
        yield chunk
        deadline.left_s()
    if announced_bytes is not None and raw.tell() < announced_bytes:
        raise NetworkError(f"{url} sent {raw.tell()} of {announced_bytes} bytes")


def _read_chunk(raw: urllib3.HTTPResponse, url: str) -> bytes:
    with _translated(url):
        return raw.read1(CHUNK_BYTES, decode_content=True)


@contextmanager
def _translated(url: str) -> Iterator[None]:
    """Turn every error of the layers below into one of ours, without the credentials that theirs may quote."""
    try:
        yield
    except InvalidIPAddress as error:
        raise UnsafeAddressError(
            f"{redact_url(url)} leads to {error}, which is not a public address; "
            "hosts on your own network can be listed in feeds.allow_hosts"
        ) from error
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError) as error:
        raise UnsafeAddressError(f"{redact_url(url)} is not an address that can be asked") from error
    except requests.Timeout as error:
        raise NetworkError(f"{redact_url(url)} did not answer in time") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise NetworkError(f"{redact_url(url)} could not be read: {_root_cause(error)}") from error


def _root_cause(error: BaseException) -> str:
    """Return the kind of the innermost error: its message may quote the address with its credentials."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return type(error).__name__
