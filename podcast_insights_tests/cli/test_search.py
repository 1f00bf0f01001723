"""``podcast-insights search`` on a small store."""

from dataclasses import replace

from podcast_insights.feeds.values import DecidedEpisode
from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.storage.examples import DAY, a_show, an_episode, an_insight


def fill(desk: Desk) -> None:
    episode = an_episode(page_url="https://me:secret@show.example/e1?token=hidden")
    store = Store(str(desk.path.parent / "data"))
    store.catalog.save(a_show(), [episode])
    decided = DecidedEpisode(episode=episode, decision="process", reason="new", message="It is new.")
    store.episodes.replace_day(DAY, [decided])
    claim = "Kerbs [bold]that narrow[/bold] a street slow the traffic."
    found = replace(an_insight("kerbs"), claim=claim, start_s=125.0, speaker="Ada")
    store.insights.replace_day(DAY, [found, replace(an_insight("bread"), claim="Cold dough has more flavour.")])


def test_what_is_found_is_told_with_show_episode_time_and_link(desk: Desk) -> None:
    fill(desk)
    result = desk.runs("search", "kerb traffic")

    assert result.exit_code == 0, result.output
    assert "Kerbs [bold]that narrow[/bold] a street slow the traffic." in result.output
    assert "Ada, Deep Dives: " in result.output
    assert "at 2:05  (kerbs)" in result.output
    assert "https://show.example/e1" in result.output
    assert "Cold dough" not in result.output


def test_no_password_and_no_token_is_printed(desk: Desk) -> None:
    fill(desk)
    output = desk.runs("search", "kerb").output
    assert "secret" not in output
    assert "hidden" not in output


def test_where_nothing_is_found_it_says_so_and_ends_with_1(desk: Desk) -> None:
    fill(desk)
    result = desk.runs("search", "[red]zeppelin")
    assert result.exit_code == 1
    assert "No insight has words of '[red]zeppelin'." in result.output


def test_where_nothing_is_stored_it_says_so(desk: Desk) -> None:
    assert "No insight is stored yet: podcast-insights digest finds them." in desk.runs("search", "kerb").output
