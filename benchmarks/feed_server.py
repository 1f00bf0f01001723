"""A server of invented feeds that never change: each path is a feed of its own, and who has it already is told so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_NEWEST_AT = datetime(2026, 11, 1, tzinfo=UTC)
_ETAG = '"v1"'
_WORDS = "In this episode we talk about heat pumps, sleep, and how to read a balance sheet. "


def feed_body(number: int, *, items: int, notes_chars: int = 1000) -> bytes:
    """Return a feed with ``items`` weekly episodes, whose guids are those of no other feed."""
    notes = f"<p>{(_WORDS * (notes_chars // len(_WORDS) + 1))[:notes_chars]}</p>"
    listed = "".join(_item(number, item, notes) for item in range(items, 0, -1))
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:podcast="https://podcastindex.org/namespace/1.0">'
    )
    return f"{head}<channel><title>Show {number}</title>{listed}</channel></rss>".encode()


def _item(feed: int, number: int, notes: str) -> str:
    """Return an item with the elements that the large hosts write."""
    published = format_datetime(_NEWEST_AT - timedelta(weeks=5000 - number))
    page = f"https://example.com/{feed}/{number}"
    return (
        f"<item><title>Episode {number}</title><itunes:title>Episode {number}</itunes:title>"
        f"<guid isPermaLink='false'>{feed}-{number}</guid><link>{page}</link><pubDate>{published}</pubDate>"
        f"<itunes:duration>00:41:{number % 60:02}</itunes:duration><itunes:author>Ann and Ben</itunes:author>"
        f"<itunes:season>{1 + number // 50}</itunes:season><itunes:episode>{number}</itunes:episode>"
        f"<itunes:episodeType>full</itunes:episodeType><itunes:explicit>false</itunes:explicit>"
        f"<itunes:image href='{page}.jpg'/><itunes:summary>Episode {number}, in short.</itunes:summary>"
        f"<description><![CDATA[{notes}]]></description><content:encoded><![CDATA[{notes}]]></content:encoded>"
        f"<enclosure url='https://cdn.example.com/{feed}/{number}.mp3' type='audio/mpeg' length='40000000'/>"
        f"<podcast:transcript url='{page}.vtt' type='text/vtt'/><podcast:chapters url='{page}.json' type='json'/>"
        f"<podcast:person role='host' href='https://example.com/ann'>Ann</podcast:person></item>"
    )


class FeedServer:
    """Serves the feed of the number that the path ends with."""

    def __init__(self, *, items: int) -> None:
        """Serve feeds of ``items`` episodes."""
        self._items = items
        self.url = ""

    @contextmanager
    def running(self) -> Iterator["FeedServer"]:
        """Serve on a free port until the block ends."""
        items = self._items

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                has_it = self.headers.get("If-None-Match") == _ETAG
                body = b"" if has_it else feed_body(int(self.path.rpartition("/")[2]), items=items)
                self.send_response(304 if has_it else 200)
                self.send_header("ETag", _ETAG)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()
