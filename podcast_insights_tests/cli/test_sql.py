"""SQL models from the terminal: listed, printed, filtered by day, and written as CSV."""

import csv
import io
from datetime import date, timedelta

import pytest

from podcast_insights.settings import load_settings
from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.storage.examples import DAY, a_digest


@pytest.fixture
def published(desk: Desk) -> Desk:
    desk.writes("")
    store = Store(load_settings(desk.path).storage.base_url)
    for day in (DAY, DAY - timedelta(days=1)):
        store.digests.replace(a_digest(day, entries=1))
    return desk


def test_models_are_listed_with_what_they_hold(desk: Desk) -> None:
    lines = desk.runs("sql").output.splitlines()
    names = [line.split()[0] for line in lines if line[:1].strip()]

    assert "mart_daily_funnel" in names
    assert names.index("mart_daily_funnel") < names.index("stg_shows")
    assert any("One row per day with episodes" in line for line in lines)


def test_a_day_is_written_as_csv(published: Desk) -> None:
    written = published.runs("sql", "mart_daily_top_insights", "--date", DAY.isoformat(), "--csv").output
    rows = list(csv.DictReader(io.StringIO(written)))

    assert [(row["digest_date"], row["rank"]) for row in rows] == [(DAY.isoformat(), "1")]


def test_a_wide_model_is_printed_row_by_row_and_a_narrow_one_as_a_table(published: Desk) -> None:
    wide = published.runs("sql", "mart_daily_top_insights", "--limit", "1").output
    narrow = published.runs("sql", "stg_preferences").output

    assert "explanation" in wide
    assert "1 row; there are more" in wide
    assert narrow.splitlines()[1].split() == ["recipient", "subject", "kind", "label", "said_at", "show_id", "topics"]
    assert "0 rows" in narrow


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["mart_cost"],
            "There is no model 'mart_cost'. Did you mean mart_costs? 'podcast-insights sql' lists them all.",
        ),
        (["stg_shows", "--date", date(2026, 1, 1).isoformat()], "stg_shows has no column with a day"),
    ],
)
def test_what_cannot_be_asked_is_said(published: Desk, arguments: list[str], words: str) -> None:
    assert words in published.fails("sql", *arguments)


def test_an_error_does_not_go_where_the_rows_go(published: Desk) -> None:
    result = published.runs("sql", "mart_everything", "--csv")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no model 'mart_everything'." in result.stderr
