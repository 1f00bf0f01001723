"""``podcast-insights export`` of what was published; that of shows is in ``test_show_list.py``."""

from pathlib import Path

import pytest

from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.digest.fakes import DAY, a_candidate, a_digest


@pytest.fixture
def stored(desk: Desk) -> Desk:
    Store(str(desk.path.parent / "data")).digests.replace(a_digest(a_candidate("a"), a_candidate("b")))
    return desk


@pytest.mark.parametrize(
    ("name", "start"), [("insights.csv", b"\xef\xbb\xbfdigest_date"), ("insights.PARQUET", b"PAR1")]
)
def test_the_name_says_what_is_written(stored: Desk, tmp_path: Path, name: str, start: bytes) -> None:
    result = stored.runs("export", str(tmp_path / name))

    assert result.exit_code == 0, result.output
    assert "2 insights were written" in result.output
    assert (tmp_path / name).read_bytes().startswith(start)


def test_notes_are_written_where_they_changed(stored: Desk, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    assert "1 note was written" in stored.runs("export", str(notes)).output
    assert [path.name for path in notes.iterdir()] == [f"{DAY}.md"]
    assert "0 notes were written" in stored.runs("export", str(notes)).output


def test_a_name_that_says_nothing_is_refused(stored: Desk, tmp_path: Path) -> None:
    for name in ("insights.xlsx", "insights.json", "notes.d"):
        assert "insights to .csv or .parquet" in stored.fails("export", str(tmp_path / name))
        assert not (tmp_path / name).exists()
