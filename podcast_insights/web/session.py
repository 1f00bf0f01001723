"""The HTTP session behind ``client.WebClient``: which addresses it connects to, and how it retries.

``requests-hardened`` resolves a name once, refuses private, loopback, link-local and reserved addresses, and connects
to exactly the address that it checked, so a name that resolves differently a moment later gains nothing. This file adds
the hosts that the user allows, retries that never wait long, and connections that wait no longer (``in_time``). Nothing
else uses this file.
"""

import contextlib
import logging
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.util.retry import Retry

from podcast_insights.web.in_time import POOLS

LONGEST_WAIT_S = 3
RETRIED_STATUSES = {429, 500, 502, 503, 504}


def guarded_session(user_agent: str, allow_hosts: frozenset[str]) -> requests.Session:
    """Return a session that ignores the environment, keeps no cookies, and connects only where it may."""
    # One would log the address of what it asks again, and with it a private feed's token, the other each address that
    # it refuses; errors say what happened.
    for name in ("urllib3", "requests_hardened"):
        logging.getLogger(name).setLevel(logging.ERROR)
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = user_agent
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("http://", _GuardedAdapter(is_https=False, allow_hosts=allow_hosts))
    session.mount("https://", _GuardedAdapter(is_https=True, allow_hosts=allow_hosts))
    return session


def asked_wait_s(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds ``Retry-After`` asks to wait (it may hold seconds or a date); None where unreadable."""
    written = headers.get("Retry-After")
    if written is None:
        return None
    with contextlib.suppress(urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return Retry().parse_retry_after(written)
    return None


class _GuardedAdapter(IPFilterAdapter):  # type: ignore[misc]  # requests-hardened ships no types
    """Checks the address of every host but those that the user allows, which are compared by their exact name."""

    def __init__(self, *, is_https: bool, allow_hosts: frozenset[str]) -> None:
        super().__init__(is_https_proto=is_https)
        self.max_retries = _BriefRetry(
            total=1, read=0, redirect=0, backoff_factor=0.2, status_forcelist=RETRIED_STATUSES, raise_on_status=False
        )
        self._allow_hosts = allow_hosts

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: str | tuple[str, str] | None = None
    ) -> tuple[Any, Any]:
        host_params, pool_kwargs = HTTPAdapter.build_connection_pool_key_attributes(self, request, verify, cert)
        if host_params["host"].strip("[]").lower() in self._allow_hosts:
            return host_params, pool_kwargs
        guarded: tuple[Any, Any] = super().build_connection_pool_key_attributes(request, verify, cert)
        return guarded


class _BriefRetry(Retry):
    """Retries once, and only where the server does not ask for a wait that belongs to the next poll."""

    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float | None:
        # The parent raises where the header is unreadable, and the status that the server answered would be lost.
        return asked_wait_s(response.headers)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: urllib3.BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        if response is not None:
            if (asked_wait_s(response.headers) or 0) > LONGEST_WAIT_S:
                reason = urllib3.exceptions.ResponseError("asked for a long wait")
                raise urllib3.exceptions.MaxRetryError(_pool, url or "", reason)
            # The parent reads the rest of a refused answer before it retries; a dripping one would never end.
            response.close()
        return super().increment(method, url, response, error, _pool, _stacktrace)
