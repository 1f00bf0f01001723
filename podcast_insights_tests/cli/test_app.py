"""The command line as a person meets it: help, and errors that say what to do."""

import shlex
from datetime import date, timedelta

import pytest
import typer

from podcast_insights import __version__
from podcast_insights.cli.app import app
from podcast_insights.cli.examples import EXAMPLES
from podcast_insights.days import day_of
from podcast_insights.defs.resources import utc_now
from podcast_insights.settings import DigestSettings
from podcast_insights_tests.cli.conftest import Desk

SHOWS = "shows:\n  - url: https://example.org/feed.xml\n"
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(desk: Desk, command: str) -> None:
    result = desk.runs(command, "--help")

    assert result.exit_code == 0
    assert f"podcast-insights {command}" in " ".join(result.output.split())
    assert f"For example: podcast-insights {EXAMPLES[command][0]}" in " ".join(result.output.split())


@pytest.mark.parametrize("example", [line for lines in EXAMPLES.values() for line in lines])
def test_an_example_of_the_help_is_accepted(example: str) -> None:
    command, *arguments = shlex.split(example)

    # Raises where an option is unknown, or an argument is missing or wrong.
    context = typer.main.get_group(app).commands[command].make_context(command, arguments)
    assert context.info_name == command


def test_every_example_is_of_a_command_and_every_command_has_one() -> None:
    assert sorted(EXAMPLES) == COMMANDS


def test_the_help_names_every_command(desk: Desk) -> None:
    output = desk.runs("--help").output

    assert len(COMMANDS) > 20
    assert [command for command in COMMANDS if command not in output] == []


def test_the_version_is_one_line(desk: Desk) -> None:
    assert desk.runs("--version").output == f"podcast-insights {__version__}\n"


@pytest.mark.parametrize(
    ("settings", "arguments", "said"),
    [
        (None, ("digest",), "podcast-insights add"),
        ("digest: {top_n: 3}\n", ("digest",), "lists no shows"),
        (None, ("backfill", "--from", "2026-01-01", "--to", "2026-01-02"), "podcast-insights add"),
        ("digest: {top_m: 3}\n", ("digest",), "did you mean top_n?"),
        (SHOWS, ("digest", "2023-12-31"), "before digest.start_date, 2024-01-01"),
        (SHOWS, ("backfill", "--from", "2023-12-31", "--to", "2024-01-02"), "before digest.start_date, 2024-01-01"),
        (SHOWS, ("backfill", "--from", "2024-02-02", "--to", "2024-02-01"), "give the earlier day as --from"),
        (SHOWS, ("digest", "2999-01-01"), "2999-01-01 is still to come"),
        (SHOWS, ("backfill", "--from", "2024-02-02", "--to", "2999-01-01"), "2999-01-01 is still to come"),
    ],
)
def test_a_wrong_wish_is_answered_before_anything_runs(
    desk: Desk, settings: str | None, arguments: tuple[str, ...], said: str
) -> None:
    if settings:
        desk.writes(settings)

    assert said in desk.fails(*arguments)
    assert not desk.path.with_name("data").exists()


@pytest.mark.parametrize("day", ["13.11.2026", "2026-13-01", "yesterday"])
def test_a_day_that_is_none_is_refused(desk: Desk, day: str) -> None:
    for arguments in (("digest", day), ("backfill", "--from", day, "--to", day), ("sql", "mart_costs", "--date", day)):
        result = desk.runs(*arguments)
        assert result.exit_code == 2
        assert f"{day} is no day; write it as 2026-11-13" in result.stderr


def test_the_readers_today_is_not_still_to_come(desk: Desk) -> None:
    desk.writes(SHOWS + "digest: {start_date: 2998-01-01}\n")
    tomorrow_anywhere = date.today() + timedelta(days=2)  # noqa: DTZ011 - two days ahead is ahead in every zone

    assert "is still to come" in desk.fails("digest", tomorrow_anywhere.isoformat())


def test_a_digest_without_a_show_says_which_feed_gave_nothing(desk: Desk) -> None:
    desk.writes("shows: [{url: 'http://127.0.0.1:9/feed.xml', name: Dead}]\n")

    result = desk.runs("digest")

    assert result.exit_code == 1, "no feed that is followed could be read"
    assert "The feed of Dead gives nothing new: http://127.0.0.1:9/feed.xml leads to 127.0.0.1" in result.output
    assert result.output.count("leads to 127.0.0.1") == 1


def test_a_day_that_is_not_over_is_mailed_only_when_asked(desk: Desk) -> None:
    desk.writes(
        "shows: [{url: 'http://127.0.0.1:9/feed.xml', name: Dead}]\n"
        "delivery: {recipients: [{address: you@example.com}]}\n"
    )
    today = day_of(utc_now(), DigestSettings().zone).isoformat()
    mail = desk.path.parent / "data" / "mail"

    draft = desk.runs("digest", today)
    assert f"{today} is not over: this is what it has so far, and no mail was sent." in " ".join(draft.output.split())
    assert not mail.exists()

    sent = desk.runs("digest", today, "--send")
    assert "is not over" not in sent.output
    assert [file.name for file in mail.iterdir()] == [f"{today}-you@example.com.eml"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (None, "DAGSTER_HOME is {home}, which is no folder here"),
        ("nonsense: 1", "The Dagster instance in {home} (DAGSTER_HOME) cannot be opened; see its dagster.yaml."),
        ("a: [b", "The Dagster instance in {home} (DAGSTER_HOME) cannot be opened; see its dagster.yaml."),
    ],
)
def test_an_instance_that_cannot_be_opened_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, written: str | None, said: str
) -> None:
    desk.writes(SHOWS)
    home = desk.path.with_name("home")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    if written:
        home.mkdir()
        (home / "dagster.yaml").write_text(written)

    message = desk.fails("digest")

    assert said.format(home=home) in message
    assert len(message) < 700


def test_an_instance_whose_records_cannot_be_used_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a service of another user writes them, which SQLite says in the same way."""
    desk.writes(SHOWS)
    records = desk.path.with_name("home") / "history" / "runs.db"
    records.parent.mkdir(parents=True)
    records.write_text("no database")
    monkeypatch.setenv("DAGSTER_HOME", str(records.parents[1]))

    message = desk.fails("digest")

    assert "(DAGSTER_HOME) cannot be opened" in message
    assert "file is not a database" in message


def test_a_demo_in_a_folder_that_cannot_be_made_says_so(desk: Desk) -> None:
    (desk.path.parent / "taken").write_text("a file where a folder belongs")

    said = desk.fails("demo", "--folder", "taken/demo")

    assert "taken/demo/podcasts.yaml could not be written" in said
    assert "check the folder" in said
