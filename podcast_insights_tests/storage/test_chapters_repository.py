"""Chapters as a table: one row each, and back as the chapters of episodes."""

from datetime import timedelta

from podcast_insights.feeds.values import Chapter, EpisodeChapters
from podcast_insights.storage.chapters import ChaptersRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.examples import DAY


def chapters_of(episode_id: str, *starts: float, url: str | None = None) -> EpisodeChapters:
    listed = tuple(Chapter(start_s=start_s, title=f"At {start_s}") for start_s in starts)
    return EpisodeChapters(episode_id=episode_id, show_id="show1", source_url=url, chapters=listed)


def test_chapters_come_back_by_episode_in_order(warehouse: Warehouse) -> None:
    chapters = ChaptersRepository(warehouse)
    one, two = chapters_of("a", 0.0, 61.5), chapters_of("b", 3.0, url="https://example.org/c.json")
    chapters.replace_day(DAY, [two, one])

    assert chapters.of_day(DAY) == (one, two)
    with warehouse.connect(["chapters"]) as connection:
        assert connection.execute("SELECT count(*), min(episode_date) FROM chapters").fetchone() == (3, DAY)


def test_a_day_is_replaced_whole(warehouse: Warehouse) -> None:
    chapters = ChaptersRepository(warehouse)
    chapters.replace_day(DAY, [chapters_of("a", 0.0)])
    chapters.replace_day(DAY, [])

    assert chapters.of_day(DAY) == ()


def test_the_chapters_of_all_days_come_by_episode(warehouse: Warehouse) -> None:
    chapters = ChaptersRepository(warehouse)
    chapters.replace_day(DAY, [chapters_of("a", 61.5, 0.0)])
    chapters.replace_day(DAY + timedelta(days=1), [chapters_of("b", 3.0)])

    found = chapters.by_episode()
    assert {episode_id: [one.start_s for one in listed] for episode_id, listed in found.items()} == {
        "a": [0.0, 61.5],
        "b": [3.0],
    }
