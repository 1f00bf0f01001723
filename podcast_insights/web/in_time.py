"""Connections that are broken off when their time is over, however slowly a server goes on.

The time-out of a socket is for each of its reads, and a reader of lines reads until the line ends: a server that sends
a byte now and then, within a header or the length of a chunk, is never late and never done. So the connection is broken
off by a thread of its own, which the reader finds out.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


@contextmanager
def broken_off_after(seconds: float, break_off: Callable[[], object]) -> Iterator[threading.Event]:
    """Call ``break_off`` when a ``with`` block takes longer; yields what is set then.

    Whoever reads must ask: what was broken off may look like an end.
    """
    is_over = threading.Event()

    def act() -> None:
        is_over.set()
        # What is closed already needs no breaking.
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            break_off()

    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()


class _InTime(HTTPConnection):
    """Waits for the whole head of an answer no longer than for a part of it."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in the library itself
        """Return the answer, of which the head is read.

        Raises:
            TimeoutError: The head did not come in time.
        """
        if self.timeout is None:
            return super().getresponse()
        connected = self.sock
        # Not the method of a secure socket, which another thread is reading from.
        with broken_off_after(self.timeout, lambda: socket.socket.shutdown(connected, socket.SHUT_RDWR)) as over:
            response = None
            try:
                response = super().getresponse()
            except Exception:
                if not over.is_set():
                    raise
        if response is not None and not over.is_set():
            return response
        if response is not None:
            # To the library, a head that was broken off is one that has ended.
            response.close()
        raise TimeoutError


class _SecureInTime(_InTime, HTTPSConnection):
    """The same for https."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _InTime


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureInTime


POOLS = {"http": _Pool, "https": _SecurePool}
