"""The web of the demo: its feeds, audio and transcripts, served on this machine only.

What a feed says depends on the phase, because one episode appears in its feed days late. ``{base}`` in feeds stands
for the server's address. Audio answers Range requests, so a player can jump to a second.
"""

import hashlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from podcast_insights.cli.local_server import address_of, answering, listening

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_REMEMBERED = 10_000


@dataclass
class DemoSite:
    """What the server says now, and the path and status of what it said; ``phase_for`` moves it on."""

    folder: Path
    base_url: str
    phase: int = 1
    plan: dict[str, Any] = field(default_factory=dict)
    answered: deque[tuple[str, int]] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))

    def phase_for(self, day: date) -> None:
        """Say what the feeds say when ``day`` is made."""
        begun = [phase["phase"] for phase in self.plan["phases"] if phase["first_day"] <= day]
        self.phase = max(begun, default=1)

    def feed(self, path: str) -> tuple[bytes, str]:
        """Return the body and content type of the feed at a path such as ``/feeds/night-lab.xml``."""
        broken = self.plan["broken_feeds"].get(path)
        if broken:
            return (self.folder / broken["file"]).read_bytes(), broken["content_type"]
        phase = next(phase for phase in self.plan["phases"] if phase["phase"] == self.phase)
        file = self.folder / phase["feeds"].get(path, f"site{path}")
        text = file.read_text(encoding="utf-8").replace("{base}", self.base_url)
        return text.encode(), "application/rss+xml; charset=utf-8"

    def has_etag(self, path: str) -> bool:
        """Whether the feed at a path is served with a validator."""
        return path not in self.plan["without_etag"]


def read_plan(folder: Path) -> dict[str, Any]:
    """Return what ``demo.yaml`` says about days, phases and feeds."""
    plan: dict[str, Any] = yaml.safe_load((folder / "demo.yaml").read_text(encoding="utf-8"))
    return plan


@contextmanager
def demo_server(folder: Path, port: int = 0) -> Iterator[DemoSite]:
    """Serve the demo until the block ends; yield what can be changed about it.

    Args:
        folder: The demo's folder, with ``demo.yaml`` and ``site/``.
        port: The port on 127.0.0.1; 0 takes a free one.

    Raises:
        SettingsError: The port is taken.
    """
    with listening(port) as listener:
        site = DemoSite(folder=folder, base_url=address_of(listener), plan=read_plan(folder))
        with answering(listener, _application(site)):
            yield site


def _application(site: DemoSite) -> "ASGIApp":
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    def feed(request: "Request") -> "Response":
        try:
            body, content_type = site.feed(request.url.path)
        except FileNotFoundError:
            return Response("no such feed", status_code=404)
        if not site.has_etag(request.url.path):
            return Response(body, media_type=content_type)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return Response(body, media_type=content_type, headers={"ETag": etag})

    app = Starlette(
        routes=[
            Route("/feeds/{name}.xml", feed),
            Mount("/", StaticFiles(directory=site.folder / "site")),
        ]
    )

    async def remembering(scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def send_and_remember(message: "Message") -> None:
            if message["type"] == "http.response.start":
                site.answered.append((scope["path"], message["status"]))
            await send(message)

        await app(scope, receive, send_and_remember)

    return remembering
