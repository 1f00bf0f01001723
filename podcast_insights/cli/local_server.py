"""A web server on this machine only, in a thread of its own: for the demo's feeds and for looking at the pages."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from podcast_insights.errors import SettingsError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HOST = "127.0.0.1"
START_TIMEOUT_S = 20.0


@contextmanager
def listening(port: int = 0) -> Iterator[socket.socket]:
    """Yield a socket that listens at a port of loopback; 0 takes a free one.

    Raises:
        SettingsError: The port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Port {port} of {HOST} is taken; stop what listens there, or choose another port. A demo keeps the port "
            "of its first run: remove its folder, and it takes another."
        ) from error
    try:
        yield listener
    finally:
        listener.close()


@contextmanager
def answering(listener: socket.socket, application: "ASGIApp") -> Iterator[None]:
    """Answer requests with ``application`` until the block ends."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    waited_until = time.monotonic() + START_TIMEOUT_S
    while not server.started and time.monotonic() < waited_until:
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=5)


def address_of(listener: socket.socket) -> str:
    """Return the address of what listens."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


def wait_for_interrupt() -> None:
    """Return when the user presses Ctrl+C."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
