"""What the targets of the README start, with programs in place of the real ones that write down their calls."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import typer.main

from podcast_insights.cli.app import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = ("podcast-insights", "dagster", "pytest")
# The server goes on until it is stopped, and Dagster is not done before the server is there.
RECORDER = """#!/bin/sh
echo "$(basename "$0") $* [DAGSTER_HOME=$DAGSTER_HOME PODCAST_INSIGHTS_CONFIG=$PODCAST_INSIGHTS_CONFIG]" >> calls
case "$*" in
  *--serve) trap 'touch stopped; exit' TERM; touch serves; while true; do sleep 0.05; done;;
  dev*) until [ -e serves ]; do sleep 0.05; done;;
esac
"""
PATIENCE_S = 30.0


class Checkout:
    """A folder with the project's Makefile and an environment that is made already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("pyproject.toml", "constraints.txt", "Makefile"):
            shutil.copy(ROOT / name, folder)
        programs = folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        for name in PROGRAMS:
            (programs / name).write_text(RECORDER)
            (programs / name).chmod(0o755)
        (folder / ".venv" / ".installed").touch()

    def makes(self, target: str) -> list[str]:
        """Run ``make TARGET`` and return how programs were called; those of the background in any order."""
        clean: Mapping[str, str] = {"PATH": os.environ["PATH"]}
        subprocess.run(["make", target], cwd=self.folder, env=clean, check=True, capture_output=True, timeout=300)
        return (self.folder / "calls").read_text().splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout whose programs can be stopped.

    Dagster has SIGTERM do what SIGINT does. In what a shell runs in the background that is nothing, and children of
    this process would inherit it from a test before.
    """
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield Checkout(tmp_path)
    signal.signal(signal.SIGTERM, before)


def test_every_target_of_the_readme_is_tried_here() -> None:
    # The gate itself begins with make install.
    assert set(re.findall(r"^make (\w+)$", README, re.MULTILINE)) == {"demo", "test", "dev", "install"}


def test_make_demo_and_make_test_start_what_they_say(checkout: Checkout) -> None:
    demo, test = checkout.makes("demo")[0], checkout.makes("test")[1]

    assert demo.startswith(f"podcast-insights demo --folder {checkout.folder}/.demo [")
    assert test.startswith("pytest -n auto ")


def test_make_dev_opens_dagster_on_the_demo_and_leaves_no_server(checkout: Checkout) -> None:
    demo = checkout.folder / ".demo"
    calls = checkout.makes("dev")

    assert calls[0].startswith(f"podcast-insights demo --folder {demo} [")
    assert [call for call in calls if call.startswith("dagster")] == [
        f"dagster dev -w workspace.yaml [DAGSTER_HOME={demo}/dagster_home PODCAST_INSIGHTS_CONFIG={demo}/podcasts.yaml]"
    ]
    for call in calls:
        program, command, *arguments = shlex.split(call.partition(" [")[0])
        if program == "podcast-insights":
            assert typer.main.get_group(app).commands[command].make_context(command, arguments).params["folder"] == demo
    until_s = time.monotonic() + PATIENCE_S
    while not (checkout.folder / "stopped").exists():
        assert time.monotonic() < until_s, "the demo's server goes on"
        time.sleep(0.02)
