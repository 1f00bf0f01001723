"""Makes the pictures of the README from the demo: ``make pictures``, after ``make demo``.

What is shown is what the demo publishes and mails, in the system's Chromium; nothing is drawn by hand. Needs the extra
``browser``.
"""

import argparse
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from podcast_insights.cli.serve import served
from podcast_insights.delivery.mail import render_mail
from podcast_insights.settings import DeliverySettings, RecipientSettings
from podcast_insights.storage.store import Store

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 200_000
COLOURS = 128
PAGE_SIZE, MAIL_SIZE = (1100, 800), (420, 690)


def main() -> None:
    """Write ``today.png`` and ``mail.png``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", type=Path, default=ROOT / ".demo", help="the folder of the demo")
    data = parser.parse_args().demo / "data"
    PICTURES.mkdir(exist_ok=True)
    with served(data / "site") as address:
        with window(PAGE_SIZE, "light") as page:
            page.goto(address)
            save(page.screenshot(), PICTURES / "today.png")
        with window(MAIL_SIZE, "dark") as page:
            page.set_content(latest_mail(Store(str(data)), address))
            save(page.screenshot(), PICTURES / "mail.png")


def latest_mail(store: Store, address: str) -> str:
    """Return the HTML of the latest day's mail."""
    digest = store.digests.of_day(max(store.digests.days()))
    if digest is None:
        raise SystemExit("the demo has no digest yet: make demo")
    settings = DeliverySettings(site_url=address, feedback="mailto:you@example.com")
    recipient = RecipientSettings(address="you@example.com")
    body = render_mail(digest, recipient=recipient, settings=settings, now=digest.built_at).get_body(("html",))
    return str(body.get_content()) if body else ""


@contextmanager
def window(size: tuple[int, int], scheme: str) -> Iterator[Any]:
    """Yield an empty page of Chromium."""
    from playwright.sync_api import sync_playwright

    width, height = size
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        browser.close()


def save(content: bytes, path: Path) -> None:
    """Write a screenshot with few colours, so that it stays small."""
    small = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    if small.tell() > MOST_BYTES:
        raise SystemExit(f"{path} would have {small.tell()} bytes; at most {MOST_BYTES} are allowed")
    path.write_bytes(small.getvalue())
    print(f"{path}: {small.tell()} bytes")


if __name__ == "__main__":
    main()
