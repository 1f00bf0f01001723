"""A world whose warehouse already holds finished days, so that one stage can be run alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from podcast_insights.settings import DeliverySettings, RecipientSettings
from podcast_insights_tests.defs.fakes import World, a_world
from podcast_insights_tests.quality.fakes import store_a_good_day
from podcast_insights_tests.storage.examples import DAY, a_show

THE_DAY_BEFORE = DAY - timedelta(days=1)
THE_DAY_AFTER = DAY + timedelta(days=1)
MORNING_AFTER = datetime(2026, 11, 14, 6, 30, tzinfo=UTC)
ADA, BOB = "ada@example.org", "bob@example.org"


def a_world_with_a_good_day(folder: Path, *, now: datetime = MORNING_AFTER) -> World:
    """Return a world in which everything of ``DAY`` is done, two shows are followed and two people get mail."""
    shows = [a_show("show1"), a_show("show2")]
    world = a_world(
        folder,
        now=now,
        shows=[show.configured_url for show in shows],
        delivery=DeliverySettings(recipients=(RecipientSettings(address=ADA), RecipientSettings(address=BOB))),
    )
    store_a_good_day(world.store)
    for show in shows:
        world.store.catalog.save(show, [])
    return world
