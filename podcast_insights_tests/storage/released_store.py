"""Writes ``released/v<version>``: a small store as the checked-out version of the schema writes it.

Run it once for each released schema, before the schema changes, and keep what it wrote for ever:
``python -m podcast_insights_tests.storage.released_store``. Tests then read what users have on their disks.
"""

from pathlib import Path

from podcast_insights.storage.schemas import SCHEMA_VERSION
from podcast_insights.storage.store import Store
from podcast_insights_tests.quality.fakes import store_a_good_day
from podcast_insights_tests.storage.examples import DAY, NOW, a_poll, a_show, an_episode, an_outbox_row

RELEASED = Path(__file__).parent / "released"


def write_store(folder: Path) -> Store:
    """Fill a store with a day that has a row in most tables."""
    store = Store(str(folder))
    store_a_good_day(store)
    store.catalog.save(a_show(), [an_episode()])
    store.catalog.record_polls([a_poll()], day=DAY, at=NOW)
    store.outbox.create(an_outbox_row(state="sent"))
    store.outbox.export(store.warehouse)
    return store


if __name__ == "__main__":
    write_store(RELEASED / f"v{SCHEMA_VERSION}")
