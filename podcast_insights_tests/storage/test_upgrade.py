"""Stores that earlier versions wrote: read as they are, and rewritten when asked."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from podcast_insights.bundled import bundled_path
from podcast_insights.errors import StorageError
from podcast_insights.storage.model_runs import open_models
from podcast_insights.storage.schemas import TABLES, arrow_schema
from podcast_insights.storage.sql_models import load_models
from podcast_insights.storage.store import Store
from podcast_insights.storage.upgrade import outdated_files, upgrade
from podcast_insights_tests.storage.examples import DAY
from podcast_insights_tests.storage.released_store import RELEASED, write_store

VERSIONS = sorted(path.name for path in RELEASED.iterdir())


@pytest.fixture(params=VERSIONS)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A copy of what a released version wrote."""
    return Store(str(shutil.copytree(RELEASED / request.param, tmp_path / "data")))


def everything(store: Store) -> dict[str, list[dict[str, object]]]:
    return {
        table.name: [
            row for part in store.warehouse.partitions(table.name) for row in store.warehouse.read(table.name, part)
        ]
        for table in TABLES
    }


def test_what_an_earlier_version_wrote_is_read_as_it_is(released: Store) -> None:
    digest = released.digests.of_day(DAY)

    assert digest is not None
    assert (len(digest.entries), digest.unfinished_episodes) == (2, 0)
    assert [show.name for show in released.catalog.shows()] == ["Deep Dives"]
    assert len(released.transcripts.of_day(DAY)) == 2
    assert [row.state for row in released.outbox.rows()] == ["sent"]
    with open_models(released.warehouse, load_models(bundled_path("dbt_like_sql"))) as connection:
        assert connection.execute("SELECT count(*) FROM mart_daily_top_insights").fetchone() == (3,)


def test_an_upgrade_rewrites_each_file_and_changes_no_row(released: Store) -> None:
    before = everything(released)
    outdated = list(outdated_files(released.warehouse))
    assert len(outdated) > 15

    for name, path in outdated:
        upgrade(released.warehouse, name, path)

    assert everything(released) == before
    assert list(outdated_files(released.warehouse)) == []
    for name, path in outdated:
        assert pq.read_schema(str(path)).names == arrow_schema(name).names


def test_what_this_version_writes_needs_no_upgrade(tmp_path: Path) -> None:
    assert list(outdated_files(write_store(tmp_path).warehouse)) == []


def test_a_file_whose_rows_do_not_fit_stays_as_it_is(released: Store) -> None:
    path = released.warehouse.folder / "digests" / f"date={DAY}" / "data.parquet"
    table = pq.read_table(str(path), partitioning=None)
    pq.write_table(table.set_column(table.column_names.index("considered"), "considered", [["many"]]), str(path))
    content = path.read_bytes()

    with pytest.raises(StorageError, match="stays as it is"):
        upgrade(released.warehouse, "digests", path)

    assert path.read_bytes() == content


def test_a_damaged_file_is_set_aside_and_not_rewritten_as_empty(released: Store) -> None:
    path = released.warehouse.folder / "digests" / f"date={DAY}" / "data.parquet"
    content = bytearray(path.read_bytes())
    content[4:40] = bytes(36)
    path.write_bytes(bytes(content))

    upgrade(released.warehouse, "digests", path)

    assert not path.exists()
    assert len(released.warehouse.damaged_files()) == 1


def test_a_file_that_is_gone_by_now_is_not_made_again(released: Store) -> None:
    name, path = next(outdated_files(released.warehouse))
    path.unlink()

    upgrade(released.warehouse, name, path)

    assert not path.exists()
