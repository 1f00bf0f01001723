"""``podcast-insights serve``: the published pages on this machine, to look at them before the world does.

Beside them, at ``/data-docs/``, are the operator's pages on what the checks found, which are never published.

Answers Range requests, as every real host does: without them a player cannot begin at a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from upath import UPath

from podcast_insights.cli.local_server import address_of, answering, listening, wait_for_interrupt
from podcast_insights.errors import SettingsError
from podcast_insights.files import explained, local_path
from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DATA_DOCS = "/data-docs"
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
    store = Store(settings.storage.base_url)
    folder = local_path(store.site_folder(settings.delivery.publish_to))
    if folder is None:
        raise SettingsError(f"The pages are published to {settings.delivery.publish_to}: look at them there.")
    data_docs = local_path(store.data_docs)
    with served(folder, port, data_docs=data_docs) as address:
        console.print(f"The pages are at {address}/; Ctrl+C ends it.", markup=False)
        if data_docs is not None and data_docs.exists():
            console.print(f"What the checks found is at {address}{DATA_DOCS}/.", markup=False)
        wait_for_interrupt()


@contextmanager
def served(folder: Path, port: int = 0, *, data_docs: Path | None = None) -> Iterator[str]:
    """Serve the pages of ``folder``, and the data docs beside them, on this machine until the block ends.

    Yields the address.

    Raises:
        SettingsError: There are no pages of either kind, or the port is taken.
        StorageError: The folder cannot be looked into.
    """
    # A first day that a check stops has data docs and no pages.
    with explained(UPath(folder), "read"):
        is_there = any((one / "index.html").exists() for one in (folder, data_docs) if one is not None)
    if not is_there:
        raise SettingsError(f"There are no pages in {folder} yet: podcast-insights digest makes them.")
    with listening(port) as listener, answering(listener, _application(folder, data_docs)):
        yield address_of(listener)


def _application(folder: Path, data_docs: Path | None) -> "ASGIApp":
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    folders = {DATA_DOCS: data_docs, "/": folder}
    pages = Starlette(
        routes=[
            Mount(path, StaticFiles(directory=one, html=True)) for path, one in folders.items() if one and one.is_dir()
        ]
    )

    async def with_headers(scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def send_more(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await pages(scope, receive, send_more)

    return with_headers
