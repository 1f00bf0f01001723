"""A desk for the command line: a folder with its settings, and nothing of this machine's environment."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from podcast_insights.cli.app import app


class Desk:
    """Runs commands as a person does, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "podcasts.yaml"

    def writes(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")

    def reads(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def runs(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)

    def fails(self, *arguments: str) -> str:
        """Run a command that must end with an error for people, and return what it said on one line."""
        result = self.runs(*arguments)
        assert isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == 1, result.output
        return " ".join(result.output.split())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in os.environ:
        if name.startswith("PODCAST_INSIGHTS_") or name in {"OPENAI_API_KEY", "DAGSTER_HOME"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("PODCAST_INSIGHTS_CONFIG", str(tmp_path / "podcasts.yaml"))
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)
