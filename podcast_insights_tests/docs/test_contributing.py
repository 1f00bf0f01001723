"""The examples of CONTRIBUTING.md are lines of the files that they name, and its other files fit the project."""

import re
import textwrap
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# A file in backticks on a line of its own, and the block below it.
EXAMPLES = re.findall(r"^ +`([\w./]+)`\n\n +```\w+\n(.*?)^ +```$", PAGE, re.MULTILINE | re.DOTALL)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_there_is_an_example_of_each_kind() -> None:
    headings = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)

    assert set(headings) == {"A check", "A SQL model", "A speech engine", "A way to deliver"}
    assert len(EXAMPLES) >= 2 * len(headings)


@pytest.mark.parametrize(("file", "lines"), EXAMPLES)
def test_an_example_is_what_the_file_says(file: str, lines: str) -> None:
    found = [line.strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    shown = [line.strip() for line in textwrap.dedent(lines).splitlines()]

    assert any(found[at : at + len(shown)] == shown for at in range(len(found))), f"{file} has changed"


def test_the_hooks_run_what_lint_runs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    (lint,) = re.findall(r"^lint:.*\n((?:\t.+\n)+)", MAKEFILE, re.MULTILINE)
    tools = re.findall(r"\$\(BIN\)/(\w+(?: check| format)?)", lint)

    assert [re.match(r"\.venv/bin/(\w+(?: check| format)?)", hook["entry"]).group(1) for hook in hooks] == tools  # type: ignore[union-attr]


def test_the_workflow_runs_the_gate() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/gate.yml").read_text(encoding="utf-8"))

    servers, gate = [step["run"] for step in workflow["jobs"]["gate"]["steps"] if "run" in step]
    # There, the gate is not root, and could not install what `make services-test` starts.
    assert servers.startswith("sudo apt-get")
    assert set(re.findall("postgresql|redis-server", servers)) == {"postgresql", "redis-server"}
    assert gate == ".ci/run"
    assert (ROOT / ".ci/run").stat().st_mode & 0o100
