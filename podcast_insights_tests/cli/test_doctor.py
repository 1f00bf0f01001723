"""The doctor: one line for each part, and what to do where one does not work."""

import pytest

from podcast_insights.cli.doctor import findings
from podcast_insights_tests.cli.conftest import Desk


def by_part() -> dict[str, tuple[str, str]]:
    return {finding.part: (finding.state, finding.detail) for finding in findings()}


def test_broken_settings_are_the_only_finding(desk: Desk) -> None:
    desk.writes("digest: {timezone: Europe/Berlim}\n")

    (finding,) = findings()

    assert (finding.part, finding.state) == ("settings", "does not")
    assert "did you mean Europe/Berlin?" in finding.detail


def test_where_nothing_is_set_it_says_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODCAST_INSIGHTS_TRANSCRIPTION__MODEL", "enormous")

    found = by_part()

    assert found["settings"][0] == "does not"
    assert "podcast-insights add" in found["settings"][1]
    assert found["storage"][0] == "works"
    assert found["feeds"] == ("not set", "no feed was polled yet: podcast-insights digest")
    assert found["whisper device"][0] == "works"
    assert found["whisper model"][0] == "does not"
    assert "transcription.model" in found["whisper model"][1]
    assert found["language model"][0] == "not set"
    assert found["mail"][0] == "not set"


def test_the_table_shows_details_as_they_are_and_ends_with_1(desk: Desk) -> None:
    desk.writes("digest: {timezone: '[bold]nowhere[/]'}\n")

    said = desk.fails("doctor")

    assert "does not" in said
    assert "[bold]nowhere[/]" in said
