"""The command that evaluates prints a table, and keeps what it found."""

from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk


def test_the_figures_are_printed_and_kept(desk: Desk) -> None:
    desk.writes("storage: {base_url: data}\n")
    result = desk.runs("evaluate", "--days", "3")

    assert result.exit_code == 0, result.output
    assert "passages chosen" in result.output
    assert "0 episodes with insights of" in result.output
    assert Store(str(desk.path.parent / "data")).warehouse.read_all("evaluations")
