"""The list of shows: imported, exported, paused and cut, in a person's own file."""

import html

import pytest

from podcast_insights.feeds.opml import read_opml
from podcast_insights.settings import load_settings
from podcast_insights_tests.cli.conftest import Desk

OWN = """# My shows.
shows:
  - url: https://a.example/feed   # the first
    name: One
  - url: https://b.example/feed
    name: Two
    paused: true
  - url: https://c.example/feed

digest: {top_n: 3}
"""
OPML = """<opml version="2.0"><body>
<outline text="Tech"><outline text="Old [/red]" xmlUrl="http://a.example/feed/"/>
<outline text="New [bold]" xmlUrl="https://d.example/feed"/></outline>
<outline text="Nothing"/>
</body></opml>"""


def shows(desk: Desk) -> list[tuple[str, str | None, bool]]:
    return [(show.url, show.name, show.paused) for show in load_settings(desk.path).shows]


def test_an_import_adds_what_is_new_and_says_what_is_not(desk: Desk) -> None:
    desk.writes(OWN)
    (desk.path.parent / "app.opml").write_text(OPML)

    result = desk.runs("import", "app.opml")
    again = desk.runs("import", "app.opml")

    said = " ".join(result.output.split())
    assert result.exit_code == 0, result.output
    assert "Added New [bold]" in said
    assert "Left out Old [/red]: it is in" in said
    assert "Left out Nothing: it has no address" in said
    assert "1 show was added" in said
    assert shows(desk)[-1] == ("https://d.example/feed", "New [bold]", False)
    assert "0 shows were added" in again.output
    assert len(shows(desk)) == 4
    assert "# the first" in desk.reads()


def test_an_import_makes_the_first_settings(desk: Desk) -> None:
    (desk.path.parent / "app.opml").write_text(OPML)
    desk.runs("import", "app.opml")

    assert [url for url, *_ in shows(desk)] == ["http://a.example/feed/", "https://d.example/feed"]
    assert "# top_n: 5" in desk.reads()


@pytest.mark.parametrize("content", [None, "<html>no</html>"])
def test_a_list_that_cannot_be_read_changes_nothing(desk: Desk, content: str | None) -> None:
    desk.writes(OWN)
    if content:
        (desk.path.parent / "app.opml").write_text(content)

    assert "app.opml cannot be read" in desk.fails("import", "app.opml")
    assert desk.reads() == OWN


def test_an_export_lists_every_show(desk: Desk) -> None:
    desk.writes(OWN)
    desk.runs("export", "mine.opml")

    found = read_opml((desk.path.parent / "mine.opml").read_bytes())
    assert [(show.url, show.title) for show in found.shows] == [
        ("https://a.example/feed", "One"),
        ("https://b.example/feed", "Two"),
        ("https://c.example/feed", "https://c.example/feed"),
    ]


@pytest.mark.parametrize("which", ["one", "https://a.example/feed", "http://A.example/feed/"])
def test_a_show_is_paused_resumed_and_removed_by_name_or_address(desk: Desk, which: str) -> None:
    desk.writes(OWN)

    assert "One is paused" in desk.runs("pause", which).output
    assert shows(desk)[0] == ("https://a.example/feed", "One", True)
    assert "One is polled again" in desk.runs("resume", which).output
    assert shows(desk)[0] == ("https://a.example/feed", "One", False)
    assert "paused" not in desk.reads().partition("Two")[0]
    assert "One was removed" in desk.runs("remove", which).output
    assert [url for url, *_ in shows(desk)] == ["https://b.example/feed", "https://c.example/feed"]
    assert "# My shows." in desk.reads()


def test_a_show_that_is_not_there_is_not_guessed(desk: Desk) -> None:
    desk.writes(OWN)

    said = desk.fails("remove", "Three")

    assert "'Three' is no show of" in said
    assert "Two https://b.example/feed" in said
    assert desk.reads() == OWN


def test_a_name_that_two_shows_have_is_not_enough(desk: Desk) -> None:
    desk.writes(OWN.replace("name: Two", "name: one"))

    assert "means more than one show" in desk.fails("pause", "One")


def test_a_show_that_the_environment_lists_is_changed_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.writes("digest: {top_n: 3}\n")
    monkeypatch.setenv("PODCAST_INSIGHTS_SHOWS", '[{"url": "https://e.example/feed"}]')

    results = [desk.runs(command, "https://e.example/feed") for command in ("pause", "remove")]

    assert [result.exit_code for result in results] == [1, 1]
    assert all("PODCAST_INSIGHTS_SHOWS lists it" in result.stderr for result in results)
    assert desk.reads() == "digest: {top_n: 3}\n"


def test_a_show_may_be_called_what_yaml_has_other_uses_for(desk: Desk) -> None:
    names = ["On", "no", "1:30", "190:20:30.15", "2026-01-01", "null", "=", "<<", "It's: #1"]
    outlines = "".join(
        f"<outline text='{html.escape(name)}' xmlUrl='https://{n}.example/feed'/>" for n, name in enumerate(names)
    )
    desk.writes(OWN)
    (desk.path.parent / "app.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")

    result = desk.runs("import", "app.opml")

    assert result.exit_code == 0, result.output
    assert [name for _, name, _ in shows(desk)[3:]] == names


def test_the_file_stays_where_it_lies_and_as_private_as_it_is(desk: Desk) -> None:
    kept = desk.path.parent / "dotfiles" / "podcasts.yaml"
    kept.parent.mkdir()
    kept.write_text(OWN)
    kept.chmod(0o600)
    desk.path.symlink_to(kept)

    desk.runs("pause", "One")

    assert desk.path.is_symlink()
    assert "paused: true" in kept.read_text().partition("url: https://b")[0]
    assert kept.stat().st_mode & 0o777 == 0o600
