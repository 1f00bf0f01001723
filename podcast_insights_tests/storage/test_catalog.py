import gzip
import io
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from upath import UPath

from podcast_insights.errors import StorageError
from podcast_insights.feeds.values import Chapter, Enclosure, FeedPoll, Person, Show, TranscriptLink
from podcast_insights.storage.blobs import Blobs
from podcast_insights.storage.catalog import CatalogRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.audio.fakes import notes_of
from podcast_insights_tests.storage.examples import DAY, NOW, a_poll, a_show, an_episode

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def catalog(base: UPath, warehouse: Warehouse) -> CatalogRepository:
    return CatalogRepository(warehouse, Blobs(base))


def test_an_empty_catalogue(catalog: CatalogRepository) -> None:
    assert (catalog.shows(), catalog.episodes_of("show1"), catalog.episodes_of_day(DAY)) == ((), (), ())
    assert catalog.fingerprints_by_day(now=NOW) == {}


def test_shows_and_their_episodes_come_back(catalog: CatalogRepository) -> None:
    first, second = a_show("show1", next_poll_at=NOW), a_show("show2", language="de")
    episodes = (an_episode("b"), an_episode("a", enclosure=None, transcript_links=(), gone_at=NOW))

    kept_second = catalog.save(second, ())
    kept_first = catalog.save(first, episodes)

    assert catalog.shows() == (kept_first, kept_second)
    assert replace(kept_first, items_fingerprint=None) == first
    assert catalog.episodes_of("show1") == episodes
    assert catalog.episodes_of("show2") == ()


def test_what_the_feed_says_of_a_shows_episodes_is_read_alone(catalog: CatalogRepository) -> None:
    told = an_episode(
        "b", chapters=(Chapter(start_s=0.0, title="Kerbs"),), persons=(Person(name="Imani", role="guest"),)
    )
    catalog.save(a_show("show1"), [told, an_episode("a", enclosure=None)])

    assert catalog.notes_of("show1") == (notes_of(told), notes_of(an_episode("a")))
    assert catalog.notes_of("show2") == ()


def test_the_episodes_of_a_day_come_from_all_shows_in_order(catalog: CatalogRepository) -> None:
    early = NOW - timedelta(hours=3)
    catalog.save(a_show("show2"), [an_episode("e", show_id="show2", published_at=early)])
    catalog.save(
        a_show("show1"),
        [
            an_episode("d", published_at=NOW),
            an_episode("c", episode_date=NEXT_DAY),
            an_episode("b", published_at=NOW),
            an_episode("a", published_at=early),
        ],
    )

    assert [episode.episode_id for episode in catalog.episodes_of_day(DAY)] == ["a", "b", "d", "e"]
    assert catalog.episodes_of_day(NEXT_DAY) == (an_episode("c", episode_date=NEXT_DAY),)


def test_state_alone_leaves_the_episodes(catalog: CatalogRepository) -> None:
    catalog.save(a_show(), [an_episode()])

    catalog.save_state(a_show(status="failing", failures_in_a_row=2, last_error="503"))

    assert catalog.shows() == (a_show(status="failing", failures_in_a_row=2, last_error="503"),)
    assert catalog.episodes_of("show1") == (an_episode(),)


def test_the_fingerprint_is_of_what_is_stored(catalog: CatalogRepository, warehouse: Warehouse) -> None:
    kept = catalog.save(a_show(), [an_episode("a"), an_episode("b")])

    assert kept.items_fingerprint == catalog.episodes_fingerprint("show1") is not None
    assert catalog.save(a_show("show2"), ()).items_fingerprint, "no episodes are something to vouch for"

    (path,) = warehouse.files("feed_items", partitions=["show=show1"])
    content = path.read_bytes()
    path.write_bytes(content[:200] + b"?" + content[201:])
    assert catalog.episodes_fingerprint("show1") != kept.items_fingerprint
    path.unlink()
    assert catalog.episodes_fingerprint("show1") is None


def test_a_show_that_was_kept_before_there_were_aliases_is_read(catalog: CatalogRepository, base: UPath) -> None:
    """Files of an older version lack the columns that came later; their fields have their defaults."""
    import pyarrow.parquet as pq

    catalog.save(a_show(aliases=("https://old.example.org/feed",), listed_episodes=3), [an_episode()])
    later = ["aliases", "moved_to", "listed_episodes", "built_at", "held_at", "stale_at", "older_url", "older_pages"]
    later += ["said_gone_at", "gone_answers"]
    path = base / "warehouse" / "shows" / "show=show1" / "data.parquet"
    written = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(path.read_bytes())).drop_columns(later), written)
    path.write_bytes(written.getvalue())

    (show,) = catalog.shows()

    assert (show.aliases, show.listed_episodes, show.older_pages, show.built_at) == ((), 0, 0, None)
    assert (show.said_gone_at, show.gone_answers) == (None, 0)
    catalog.save_state(show)
    assert catalog.shows() == (show,)


def test_episodes_that_were_kept_before_there_were_chapters_are_read(catalog: CatalogRepository, base: UPath) -> None:
    catalog.save(a_show(), [an_episode("a"), an_episode("b", enclosure=None)])
    later = ["chapters_url", "chapters", "persons", "soundbites", "season", "episode_number", "episode_type"]
    path = base / "warehouse" / "feed_items" / "show=show1" / "data.parquet"
    written = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(path.read_bytes())).drop_columns(later), written)
    path.write_bytes(written.getvalue())

    assert catalog.episodes_of("show1") == (an_episode("a"), an_episode("b", enclosure=None))
    assert catalog.episodes_of_day(DAY) == (an_episode("a"), an_episode("b", enclosure=None))


def test_what_is_kept_again_is_what_was_read_and_what_changed(catalog: CatalogRepository) -> None:
    catalog.save(a_show(), [an_episode("one"), an_episode("two"), an_episode("three")])
    one, two, _ = catalog.episodes_of("show1")
    changed = [one, replace(two, title="Another title", gone_at=NOW), an_episode("four")]
    catalog.save(a_show(), changed)

    assert catalog.episodes_of("show1") == tuple(changed)


def test_episodes_of_an_earlier_version_are_kept_as_those_of_today(catalog: CatalogRepository, base: UPath) -> None:
    catalog.save(a_show(), [an_episode("one"), an_episode("two")])
    (path,) = (base / "warehouse" / "feed_items").rglob("*.parquet")
    as_written = path.read_bytes()
    older = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(as_written)).drop_columns(["chapters", "season"]), older)
    path.write_bytes(older.getvalue())

    catalog.save(a_show(), catalog.episodes_of("show1"))

    assert path.read_bytes() == as_written


def test_episodes_are_kept_before_the_state_that_vouches_for_them(tmp_path: Path) -> None:
    """Where the state cannot be written, the validators of the old state still fit: the next poll reads the feed."""
    warehouse = Warehouse(UPath(tmp_path))
    catalog = CatalogRepository(warehouse, Blobs(UPath(tmp_path)))
    (tmp_path / "warehouse" / "shows").mkdir(parents=True)
    (tmp_path / "warehouse" / "shows" / "show=show1").write_bytes(b"a file where the folder should be")

    with pytest.raises(StorageError):
        catalog.save(a_show(), [an_episode()])

    assert catalog.episodes_of("show1") == (an_episode(),)
    assert catalog.shows() == ()


@pytest.mark.parametrize("show_id", ["", "../x", "a/b", "a.b", "a b"])
def test_a_show_id_is_never_used_as_a_path(catalog: CatalogRepository, show_id: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        catalog.save(a_show(show_id), ())
    with pytest.raises(ValueError, match="letters and digits"):
        catalog.episodes_of(show_id)


def fingerprints_with(catalog: CatalogRepository, **days: date) -> dict[date, str]:
    catalog.save(a_show(), [an_episode(episode_id, episode_date=day) for episode_id, day in days.items()])
    return catalog.fingerprints_by_day(now=NOW)


def test_a_days_fingerprint_changes_when_an_episode_is_new_on_that_day(catalog: CatalogRepository) -> None:
    before = fingerprints_with(catalog, a=DAY, b=NEXT_DAY)
    after = fingerprints_with(catalog, a=DAY, b=NEXT_DAY, c=DAY)

    assert set(before) == set(after) == {DAY, NEXT_DAY}
    assert before[DAY] != after[DAY]
    assert before[NEXT_DAY] == after[NEXT_DAY]


def test_a_days_fingerprint_ignores_order_changed_facts_and_other_shows(catalog: CatalogRepository) -> None:
    before = fingerprints_with(catalog, a=DAY, b=DAY)
    reordered = fingerprints_with(catalog, b=DAY, a=DAY)
    catalog.save(a_show(), [an_episode("a", title="Renamed", gone_at=NOW), an_episode("b")])
    catalog.save(a_show("show2"), [an_episode("z", show_id="show2", episode_date=NEXT_DAY)])

    assert before == reordered
    assert catalog.fingerprints_by_day(now=NOW)[DAY] == before[DAY]
    assert set(catalog.fingerprints_by_day(now=NOW)) == {DAY, NEXT_DAY}


def test_a_days_fingerprint_changes_when_an_episode_is_out_or_gets_something_to_hear(
    catalog: CatalogRepository,
) -> None:
    soon, video = NOW + timedelta(hours=1), Enclosure(url="https://example.org/v.mp4", media_type="video/mp4")
    link = TranscriptLink(url="https://example.org/a.vtt")

    def fingerprint(now: datetime = NOW, **changes: Any) -> str:
        catalog.save(a_show(), [an_episode("a", transcript_links=(), **changes)])
        return catalog.fingerprints_by_day(now=now)[DAY]

    as_usual = fingerprint()
    assert fingerprint(published_at=soon) != as_usual == fingerprint(soon, published_at=soon)
    assert fingerprint(enclosure=None) == fingerprint(enclosure=video) != as_usual
    catalog.save(a_show(), [an_episode("a", enclosure=None, transcript_links=(link,))])
    assert catalog.fingerprints_by_day(now=NOW)[DAY] == as_usual


def test_a_feed_body_is_archived_once_as_it_came(catalog: CatalogRepository, base: UPath) -> None:
    catalog.archive_body("show1", "abc", b"<rss/>")
    catalog.archive_body("show1", "abc", b"another body with the same hash cannot be")

    with Blobs(base).local("feeds/show1/abc.xml.gz") as path:
        assert gzip.decompress(path.read_bytes()) == b"<rss/>"


def polls_of(warehouse: Warehouse) -> list[tuple[str, int]]:
    """Return the show and the hour (from ``NOW``) of each poll in the history, as SQL sees it."""
    with warehouse.connect(["feed_polls"]) as connection:
        rows = connection.execute("SELECT show_id, polled_at FROM feed_polls ORDER BY 2, 1").fetchall()
    return [(show_id, round((polled_at - NOW) / timedelta(hours=1))) for show_id, polled_at in rows]


def polls_at(hour: int, *show_ids: str) -> list[FeedPoll]:
    return [a_poll(show_id, at=NOW + timedelta(hours=hour)) for show_id in show_ids or ("show1",)]


def record(catalog: CatalogRepository, hour: int, day: date, *show_ids: str) -> None:
    catalog.record_polls(polls_at(hour, *show_ids), day=day, at=NOW + timedelta(hours=hour))


def test_polls_of_a_day_are_files_of_their_own_until_the_day_is_over(
    catalog: CatalogRepository, warehouse: Warehouse
) -> None:
    for hour in range(3):
        record(catalog, hour, DAY, "show1", "show2")
    assert len(warehouse.files("feed_polls")) == 3

    record(catalog, 24, NEXT_DAY)

    assert [path.name for path in warehouse.files("feed_polls", partitions=[f"date={DAY}"])] == ["data.parquet"]
    assert polls_of(warehouse) == [(show, hour) for hour in range(3) for show in ("show1", "show2")] + [("show1", 24)]


class Listings(Warehouse):
    """A warehouse that counts how often files are listed."""

    listings = 0

    def files(self, name: str, *, partitions: Collection[str] | None = None) -> list[UPath]:
        self.listings += 1
        return super().files(name, partitions=partitions)


def test_days_that_were_merged_before_are_not_looked_at_one_by_one(base: UPath) -> None:
    warehouse = Listings(base)
    catalog = CatalogRepository(warehouse, Blobs(base))
    for days in range(5):
        record(catalog, 24 * days, DAY + timedelta(days=days))
    warehouse.listings = 0

    record(catalog, 24 * 4 + 1, DAY + timedelta(days=4))

    assert warehouse.listings == 1


def test_merging_again_changes_nothing(catalog: CatalogRepository, warehouse: Warehouse) -> None:
    record(catalog, 0, DAY)
    for _ in range(3):
        catalog.record_polls([], day=NEXT_DAY, at=NOW)

    assert polls_of(warehouse) == [("show1", 0)]


def test_a_poll_that_comes_late_joins_its_merged_day(catalog: CatalogRepository, warehouse: Warehouse) -> None:
    record(catalog, 0, DAY)
    catalog.record_polls([], day=NEXT_DAY, at=NOW)
    record(catalog, 1, DAY)
    catalog.record_polls([], day=NEXT_DAY, at=NOW)

    assert polls_of(warehouse) == [("show1", 0), ("show1", 1)]
    assert len(warehouse.files("feed_polls")) == 1


def test_a_kill_between_merging_and_deleting_counts_no_poll_twice(
    catalog: CatalogRepository, warehouse: Warehouse
) -> None:
    record(catalog, 0, DAY)
    (part,) = warehouse.files("feed_polls")
    content = part.read_bytes()
    catalog.record_polls([], day=NEXT_DAY, at=NOW)
    part.write_bytes(content)

    catalog.record_polls([], day=NEXT_DAY, at=NOW)

    assert polls_of(warehouse) == [("show1", 0)]


def test_a_day_of_25_hours_has_room_for_the_same_time_twice(catalog: CatalogRepository, warehouse: Warehouse) -> None:
    record(catalog, 0, DAY)
    record(catalog, 24, DAY)

    assert polls_of(warehouse) == [("show1", 0), ("show1", 24)]


def test_a_damaged_part_loses_its_own_polls_only(catalog: CatalogRepository, warehouse: Warehouse) -> None:
    for hour in range(3):
        record(catalog, hour, DAY)
    warehouse.files("feed_polls")[1].write_bytes(b"junk")

    for _ in range(2):
        catalog.record_polls([], day=NEXT_DAY, at=NOW)

    assert polls_of(warehouse) == [("show1", 0), ("show1", 2)]
    assert [path.name for path in warehouse.files("feed_polls")] == ["data.parquet"]
    assert len(warehouse.damaged_files()) == 1


class MergedMeanwhile(Warehouse):
    """A warehouse in which another run merges the day, just when this one has begun to read it."""

    def read(self, name: str, partition: str) -> list[dict[str, object]]:
        CatalogRepository(Warehouse(self.base), Blobs(self.base)).record_polls([], day=NEXT_DAY, at=NOW)
        return [row for row in super().read(name, partition) if name != "feed_polls"]


def test_two_runs_that_merge_at_once_lose_nothing(base: UPath, warehouse: Warehouse) -> None:
    catalog = CatalogRepository(MergedMeanwhile(base), Blobs(base))
    record(catalog, 0, DAY)

    catalog.record_polls([], day=NEXT_DAY, at=NOW)

    assert polls_of(warehouse) == [("show1", 0)]


def test_a_show_is_never_lost_by_saving_another(catalog: CatalogRepository) -> None:
    shows: list[Show] = [a_show(f"show{number}") for number in range(5)]
    kept = [catalog.save(show, [an_episode(f"of{show.show_id}", show_id=show.show_id)]) for show in shows]

    assert catalog.shows() == tuple(kept)
    assert len(catalog.episodes_of_day(DAY)) == 5
