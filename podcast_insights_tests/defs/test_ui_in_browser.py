"""The Dagster UI in a real browser: what titles and quotes plant in its Markdown is shown as words."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
import requests

from podcast_insights.defs.metadata import markdown_table
from podcast_insights.delivery.markdown import digest_markdown
from podcast_insights_tests.delivery.browser import chromium
from podcast_insights_tests.digest.fakes import HOSTILE_TEXTS, a_digest, a_hostile_candidate

pytestmark = pytest.mark.browser

PIXEL = "![pixel](http://127.0.0.1:9/pixel.png)"
MOST_WAIT_S = 120
LOCATION = "import dagster as dg\n\n\n@dg.asset\ndef planted(): ...\n\n\ndefs = dg.Definitions(assets=[planted])\n"


@contextmanager
def dagster_ui(home: Path) -> Iterator[str]:
    """Yield the address of a Dagster UI with one asset, on the instance in ``home``."""
    (home / "location.py").write_text(LOCATION)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        "-m",
        "dagster_webserver",
        "-f",
        "location.py",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "--log-level",
        "error",
    ]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *command], cwd=home, env=os.environ | {"DAGSTER_HOME": str(home)}, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        ends_s = time.monotonic() + MOST_WAIT_S
        while not _answers(address):
            assert server.poll() is None, (home / "server.log").read_text()
            assert time.monotonic() < ends_s, "the UI did not start"
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/server_info", timeout=5).ok
    except requests.RequestException:
        return False


def test_what_is_planted_in_the_ui_s_markdown_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    shown = {
        "digest": dg.MetadataValue.md(digest_markdown(a_digest(a_hostile_candidate()))),
        "rows": markdown_table([{**HOSTILE_TEXTS, "pixel": PIXEL}]),
    }
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("planted", metadata=shown))
    asked, ran = [], []
    with chromium() as browser, dagster_ui(tmp_path) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 1400})
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/assets/planted?view=events")
        # Both texts are on the page, as words.
        for words in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "](http://127.0.0.1:9/pixel.png)"):
            page.wait_for_function("words => document.body.innerText.includes(words)", arg=words, timeout=60_000)
        page.mouse.move(700, 700)
        planted = page.locator(
            "a[href^='javascript'], img[src='x'], img[src*='pixel'], [onmouseover], [onerror]"
        ).count()
    assert (planted, ran) == (0, [])
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
