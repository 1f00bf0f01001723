"""``podcast-insights serve``: the published pages on this machine, to look at them before the world does.

Answers Range requests, as every real host does: without them a player cannot begin at a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from podcast_insights.cli.local_server import address_of, answering, listening, wait_for_interrupt
from podcast_insights.errors import SettingsError
from podcast_insights.files import local_path
from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What a careful host adds to every page; the pages name their own Content-Security-Policy.
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-cache"),
)


def serve_site(console: Console, port: int) -> None:
    """Serve the pages until interrupted.

    Raises:
        SettingsError: Nothing was published yet, the pages are in a bucket, or the port is taken.
    """
    settings = load_settings()
    folder = local_path(Store(settings.storage.base_url).site_folder(settings.delivery.publish_to))
    if folder is None:
        raise SettingsError(f"The pages are published to {settings.delivery.publish_to}: look at them there.")
    with served(folder, port) as address:
        console.print(f"The pages are at {address}/; Ctrl+C ends it.", markup=False)
        wait_for_interrupt()


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve the pages of ``folder`` on this machine until the block ends; yield the address.

    Raises:
        SettingsError: There are no pages, or the port is taken.
    """
    if not (folder / "index.html").exists():
        raise SettingsError(f"There are no pages in {folder} yet: podcast-insights digest makes them.")
    with listening(port) as listener, answering(listener, _application(folder)):
        yield address_of(listener)


def _application(folder: Path) -> "ASGIApp":
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    pages = Starlette(routes=[Mount("/", StaticFiles(directory=folder, html=True))])

    async def with_headers(scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def send_more(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await pages(scope, receive, send_more)

    return with_headers
