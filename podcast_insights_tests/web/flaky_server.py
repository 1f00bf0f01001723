"""A web server on loopback that serves one file as badly as it is told to: cut short, changed, encoded, in drips."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

SERVED_AT = format_datetime(datetime(2026, 3, 5, 8, 0, tzinfo=UTC), usegmt=True)
SETTLED_DATE = format_datetime(datetime(2026, 3, 1, 8, 0, tzinfo=UTC), usegmt=True)


@dataclass
class Answer:
    """How one request is answered; the server's last one is given again to all that follow.

    ``sends`` cuts the body off after so many bytes; then the connection is closed, left open (``then_waits``), or
    goes on byte by byte (``then_drips``).
    """

    body: bytes = b""
    etag: str | None = '"v1"'
    last_modified: str | None = None
    status: int | None = None
    has_ranges: bool = True
    heeds_if_range: bool = True
    has_length: bool = True
    is_chunked: bool = False
    sends: int | None = None
    then_waits: bool = False
    then_drips: bool = False
    more: dict[str, str] = field(default_factory=dict)

    def head_and_body(self, asked: dict[str, str]) -> tuple[str, bytes]:
        headers = {"Date": SERVED_AT, "Content-Type": "audio/mpeg", "Connection": "close"}
        headers |= {"ETag": self.etag} if self.etag else {}
        headers |= {"Last-Modified": self.last_modified} if self.last_modified else {}
        status, body, total = 200, self.body, len(self.body)
        is_same = asked.get("if-range") in {self.etag, self.last_modified} or not self.heeds_if_range
        if self.has_ranges and is_same and "range" in asked:
            first = int(asked["range"].removeprefix("bytes=").rstrip("-"))
            if first >= total:
                status, body = 416, b"no such range"
                headers["Content-Range"] = f"bytes */{total}"
            else:
                status, body = 206, self.body[first:]
                headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
        if self.is_chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif self.has_length:
            headers["Content-Length"] = str(len(body))
        headers |= self.more
        lines = [f"HTTP/1.1 {self.status or status} As told", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines) + "\r\n\r\n", body


class FlakyServer:
    """Answers one request after the other; remembers the headers of each, in lower case."""

    def __init__(self, listener: socket.socket) -> None:
        self.requests: list[dict[str, str]] = []
        self.url = f"http://localhost:{listener.getsockname()[1]}/a.mp3"
        self._listener = listener
        self._answers: list[Answer] = []
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def ranges(self) -> list[str | None]:
        """The range that each request asked for."""
        return [request.get("range") for request in self.requests]

    def answers(self, *answers: Answer) -> None:
        self._answers.extend(answers)

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve_one, args=(connection,))
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _serve_one(self, connection: socket.socket) -> None:
        with connection:
            received = b""
            while b"\r\n\r\n" not in received:
                if not (chunk := connection.recv(65536)):
                    return
                received += chunk
            lines = received.decode("latin-1").split("\r\n")[1:]
            asked = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if value}
            self.requests.append(asked)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            head, body = answer.head_and_body(asked)
            sent = body if answer.sends is None else body[: answer.sends]
            if answer.is_chunked:
                end = b"0\r\n\r\n" if len(sent) == len(body) else b""
                sent = b"%x\r\n%b\r\n" % (len(sent), sent) + end
            connection.sendall(head.encode("latin-1") + sent)
            if answer.then_waits:
                self._stopped.wait(20)
            while answer.then_drips and not self._stopped.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return


@contextmanager
def a_flaky_server() -> Iterator[FlakyServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = FlakyServer(listener)
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join()
