"""A real HTTP server on loopback for shows that a test makes up: feeds with validators, audio, and trouble."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True, kw_only=True)
class Item:
    """One episode in a feed; paths are what the server serves."""

    title: str
    published_at: datetime
    audio: str | None = None
    transcript: str | None = None
    transcript_type: str = "text/vtt"
    duration_s: float | None = None
    guid: str | None = None


class Held:
    """An address whose answer waits: whoever asked is at work for as long as a test wants."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.is_released = threading.Event()

    def wait(self) -> None:
        """Wait as long as the test says, but not for ever."""
        self.is_asked.set()
        self.is_released.wait(300)


@dataclass(frozen=True)
class Answer:
    body: bytes
    content_type: str
    status: int = 200
    sent_bytes: int | None = None


class PodcastServer:
    """Serves what it was given and remembers what it was asked, as paths with statuses."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.authorizations: set[str] = set()
        self._answers: dict[str, Answer] = {}
        self._held: dict[str, Held] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["PodcastServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join(5)
            self._server.server_close()

    def serves(self, path: str, body: bytes, content_type: str = "application/octet-stream") -> str:
        """Serve a body; return its address."""
        self._answers[path] = Answer(body, content_type)
        return self.base_url + path

    def breaks_off(self, path: str, body: bytes, *, after_bytes: int) -> str:
        """Announce the whole body and close the connection after some of it."""
        self._answers[path] = Answer(body, "audio/mpeg", sent_bytes=after_bytes)
        return self.base_url + path

    def holds(self, path: str) -> Held:
        """Answer no request for a path before the test releases it."""
        return self._held.setdefault(path, Held())

    def wait_for(self, path: str) -> None:
        """Wait where a path is held."""
        if path in self._held:
            self._held[path].wait()

    def publishes(self, name: str, items: Sequence[Item]) -> str:
        """Serve the feed of a show; return its address."""
        xml = "".join(self._item(item) for item in items)
        body = (
            '<?xml version="1.0"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
            'xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>'
            f"<title>{escape(name)}</title><language>en</language>{xml}</channel></rss>"
        )
        return self.serves(f"/feeds/{slug(name)}.xml", body.encode(), "application/rss+xml")

    def _item(self, item: Item) -> str:
        parts = [
            f"<title>{escape(item.title)}</title>",
            f'<guid isPermaLink="false">{escape(item.guid or slug(item.title))}</guid>',
            f"<pubDate>{format_datetime(item.published_at)}</pubDate>",
        ]
        if item.audio:
            parts.append(f'<enclosure url="{self.base_url}{item.audio}" type="audio/mpeg" length="0"/>')
        if item.duration_s:
            parts.append(f"<itunes:duration>{item.duration_s:.0f}</itunes:duration>")
        if item.transcript:
            address, media_type = quoteattr(self.base_url + item.transcript), quoteattr(item.transcript_type)
            parts.append(f"<podcast:transcript url={address} type={media_type}/>")
        return f"<item>{''.join(parts)}</item>"

    def answer_to(self, path: str) -> Answer:
        return self._answers.get(path, Answer(b"there is nothing here", "text/plain", status=404))


def slug(title: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in title.lower())


def _handler_of(server: PodcastServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.wait_for(self.path)
            answer = server.answer_to(self.path)
            etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            if answer.status == 200 and self.headers.get("If-None-Match") == etag:
                self._say(304, {"ETag": etag}, b"")
                return
            headers = {"ETag": etag, "Content-Type": answer.content_type, "Content-Length": str(len(answer.body))}
            self._say(answer.status, headers, answer.body[: answer.sent_bytes])

        def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
            server.asked.append((self.path, status))
            server.authorizations.add(self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
