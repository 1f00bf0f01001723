"""The one door to the network for addresses that others wrote: feeds, enclosures, transcripts.

Whoever writes a feed chooses where we connect, so every hop of every request is checked here: the scheme, the address
that the name resolves to (the connection is pinned to the address that was checked), the bytes and the time. Redirects
are followed by hand, because ``requests`` follows them without a deadline and does not say whether all were permanent.
Bodies are read with ``read1``: ``iter_content`` waits for full chunks, so a dripping server outlives any deadline;
what drips within a line is broken off (``in_time``).

How a broken download goes on is decided in ``web/download.py``, who waits for whom in ``web/hosts.py``; neither sends
anything. What is asked, when, and what an answer means belongs to the callers. Services that the user configures by
hand (mail, language models) do not come through here.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests_hardened.ip_filter import InvalidIPAddress

from podcast_insights import __version__
from podcast_insights.errors import (
    GoneError,
    NetworkError,
    RefusedError,
    TooLargeError,
    TooSlowError,
    UnsafeAddressError,
)
from podcast_insights.web.broken import what_broke
from podcast_insights.web.download import Answer, WebDownload, announced_length, download_whole
from podcast_insights.web.hosts import HostSlots
from podcast_insights.web.in_time import broken_off_after
from podcast_insights.web.login import login_in, origin_of, without_login
from podcast_insights.web.partial import PartialFile
from podcast_insights.web.redact import redact_url
from podcast_insights.web.session import asked_wait_s, guarded_session

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

    @property
    def timeout_s(self) -> float:
        """The seconds that there were at the beginning."""
        return self._timeout_s

    def excuse(self, waited_s: float) -> None:
        """Move the moment: waiting for our own other requests is not the server's fault."""
        self._ends += waited_s

    def left_s(self) -> float:
        """Return the seconds that are left.

        Raises:
            TooSlowError: There are none.
        """
        left_s = self._ends - time.monotonic()
        if left_s <= 0:
            raise TooSlowError(f"{redact_url(self._url)} took longer than {self._timeout_s:g} s")
        return left_s


class WebClient:
    """Reads web addresses that others wrote. One client serves many threads; it keeps connections, not cookies.

    Args:
        user_agent: How we introduce ourselves (see the function ``user_agent``).
        allow_hosts: Hosts on private or loopback addresses that may be reached, by name or address.
        connections_per_host: How many requests to one host run at a time; the others wait for their turn.
        secret_urls: Addresses that are secrets, by what stands for each. A login in one is used for its whole host.
    """

    def __init__(
        self,
        user_agent: str,
        allow_hosts: Sequence[str] = (),
        connections_per_host: int = 2,
        secret_urls: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._secret_urls = {name: without_login(url) for name, url in secret_urls.items()}
        self._logins = {origin_of(url): login for url in secret_urls.values() if (login := login_in(url))}
        self._slots = HostSlots(connections_per_host)
        self._session = guarded_session(user_agent, frozenset(host.strip("[]").lower() for host in allow_hosts))

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int, timeout_s: float
    ) -> WebResponse:
        """Return the answer to a GET, decoded; 304 is an answer like 200.

        Raises:
            NetworkError: No connection, a time-out, a broken transfer, 429 or 5xx.
            RefusedError: Another 4xx; ``GoneError`` for 410.
            UnsafeAddressError: The address, or one that it leads to, is not a public http or https address.
            TooLargeError: More than ``max_bytes``; ``TooSlowError`` for more than ``timeout_s`` in all.
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

    def download(self, url: str, path: Path, *, max_bytes: int, timeout_s: float) -> WebDownload:
        """Write what ``url`` serves to ``path``, going on with what an earlier call left there.

        When this returns, ``path`` holds the whole file, flushed to the disk. Where the transfer broke, it holds what
        came so far, with a note beside it (see ``web/partial.py``) by which the next call goes on. A body that comes
        encoded although none was asked for is decoded within the limit.

        Raises:
            NetworkError: As for ``get``; also where fewer bytes came than the server announced, several times.
            RefusedError: As for ``get``.
            UnsafeAddressError: As for ``get``.
            TooLargeError: As for ``get``.
            OSError: ``path`` could not be written; what that means is the caller's to say.
        """
        deadline = _Deadline(timeout_s, url)

        @contextmanager
        def ask(headers: Mapping[str, str]) -> Iterator[Answer]:
            accepted = {416} if "Range" in headers else ()
            with self._open(url, headers, deadline, accepted) as opened:
                yield Answer(
                    status=opened.response.status_code,
                    headers=opened.response.headers,
                    final_url=opened.url,
                    chunks=lambda already_bytes: _chunks(opened, max_bytes, deadline, already_bytes),
                )

        with PartialFile(path, url) as partial:
            return download_whole(ask, partial, name=redact_url(url))

    @contextmanager
    def _open(
        self, url: str, headers: Mapping[str, str], deadline: _Deadline, accepted: Collection[int] = ()
    ) -> Iterator[_Opened]:
        """Follow redirects from ``url`` to an answer worth reading, and close it afterwards."""
        current, is_permanent = self._secret_urls.get(url, url), url not in self._secret_urls
        for _ in range(MAX_REDIRECTS + 1):
            with self._turn(current, deadline), self._send(current, headers, deadline) as response:
                target = response.headers.get("Location")
                if response.status_code not in REDIRECTS or not target:
                    if response.status_code not in accepted:
                        _raise_for_status(response, current)
                    yield _Opened(response, current, current if is_permanent and current != url else None)
                    return
                # Headers are read as Latin-1, and servers write addresses in UTF-8.
                following = urljoin(current, target.encode("latin-1").decode("utf-8", "replace"))
                is_downgrade = current.lower().startswith("https:") and following.lower().startswith("http:")
                is_permanent = is_permanent and response.status_code in PERMANENT_REDIRECTS and not is_downgrade
                current = following
        raise RefusedError(f"{redact_url(url)} was redirected more than {MAX_REDIRECTS} times")

    @contextmanager
    def _turn(self, url: str, deadline: _Deadline) -> Iterator[None]:
        """Wait for one of the connections to the host of ``url``, and hold it."""
        _check_scheme(url)
        host = (urlsplit(url).hostname or "").rstrip(".")
        with self._slots.hold(host, longest_wait_s=deadline.timeout_s) as waited_s:
            deadline.excuse(waited_s)
            yield

    def _send(self, url: str, headers: Mapping[str, str], deadline: _Deadline) -> requests.Response:
        # Halved, because a connection or an answer may be retried once.
        wait_s = deadline.left_s() / 2
        with _translated(url):
            return self._session.get(
                url,
                headers=dict(headers),
                auth=self._logins.get(origin_of(url)),
                stream=True,
                allow_redirects=False,
                timeout=(min(CONNECT_TIMEOUT_S, wait_s), wait_s),
            )


def user_agent(contact_url: str | None) -> str:
    """Return how we introduce ourselves to servers: name, version and where a publisher can reach the user."""
    name = f"podcast-insights/{__version__}"
    return f"{name} (+{contact_url})" if contact_url else name


def _check_scheme(url: str) -> None:
    try:
        parts = urlsplit(url)
        # To the library that connects, the host ends at a backslash; what stands behind an "@" after it is another.
        is_web = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and "\\" not in parts.netloc
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
        raise GoneError(f"{message}: it says that it is gone for good", status=status)
    if status == 429 or status >= 500:
        raise NetworkError(message, status=status, retry_after_s=asked_wait_s(response.headers))
    raise RefusedError(message, status=status)


def _chunks(opened: _Opened, max_bytes: int, deadline: _Deadline, already_bytes: int = 0) -> Iterator[bytes]:
    """Yield the decoded body, within the limits on bytes (those that are there already included) and time."""
    raw: urllib3.HTTPResponse = opened.response.raw
    url = redact_url(opened.url)
    announced_bytes = announced_length(opened.response.headers)
    if opened.response.status_code == 304:
        return
    received_bytes = already_bytes
    if announced_bytes is not None and received_bytes + announced_bytes > max_bytes:
        raise TooLargeError(f"{url} has {received_bytes + announced_bytes} bytes; the limit is {max_bytes}")
    with broken_off_after(deadline.left_s(), raw.shutdown):
        while chunk := _read_chunk(raw, opened.url, deadline):
            received_bytes += len(chunk)
            if received_bytes > max_bytes:
                raise TooLargeError(f"{url} is larger than the limit of {max_bytes} bytes")
            yield chunk
    if announced_bytes is not None and raw.tell() < announced_bytes:
        raise NetworkError(f"{url} sent {raw.tell()} of {announced_bytes} bytes")


def _read_chunk(raw: urllib3.HTTPResponse, url: str, deadline: _Deadline) -> bytes:
    try:
        with _translated(url):
            return raw.read1(CHUNK_BYTES, decode_content=True)
    finally:
        # What was broken off fails, or looks like an end.
        deadline.left_s()


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
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise NetworkError(f"{redact_url(url)} did not answer in time") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise NetworkError(f"{redact_url(url)} could not be read: {what_broke(error)}") from error
    except ValueError as error:
        # The library reads where an answer leads, although it does not go there.
        raise UnsafeAddressError(f"{redact_url(url)} leads to what is not an address") from error
