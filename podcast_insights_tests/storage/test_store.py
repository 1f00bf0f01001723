"""The store as a whole: where it keeps what, which later versions have to find again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from upath import UPath

from podcast_insights.errors import SettingsError
from podcast_insights.feeds.values import DecidedEpisode
from podcast_insights.insights.values import KeptAnswer
from podcast_insights.storage.store import Store
from podcast_insights_tests.storage.examples import DAY, a_transcript, an_episode


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path))


def test_what_a_reader_gets_stands_in_folders_of_its_own(store: Store, tmp_path: Path) -> None:
    folders = {name: getattr(store, name) for name in ("site", "mail", "data_docs", "duckdb_file")}

    assert {name: str(folder.relative_to(UPath(tmp_path))) for name, folder in folders.items()} == {
        "site": "site",
        "mail": "mail",
        "data_docs": "data_docs",
        "duckdb_file": "podcast_insights.duckdb",
    }


@pytest.mark.parametrize(
    ("name", "folder", "made"),
    [
        ("finished_transcripts", "transcripts", a_transcript()),
        ("batch_answers", "batch_answers", "{}"),
        ("kept_answers", "answers", KeptAnswer(items="[]", calls=())),
        ("asked_stances", "stances", "agrees"),
        ("asked_vectors", "asked_vectors", "00ff"),
    ],
)
def test_what_was_made_at_a_price_is_kept_where_it_is_found_again(
    store: Store, name: str, folder: str, made: Any
) -> None:
    """Under another name all of it would be made, and paid, once more."""
    getattr(store, name).put("0" * 32, made)

    files = [str(file.relative_to(store.base)) for file in (store.base / "artifacts").rglob("*.json")]
    assert files == [f"artifacts/{folder}/00/{'0' * 32}.json"]


def test_the_site_is_published_beside_the_tables_unless_told_otherwise(store: Store, tmp_path: Path) -> None:
    assert store.site_folder(None) == store.site
    assert store.site_folder(str(tmp_path / "www")) == UPath(tmp_path / "www")


def test_an_address_that_nothing_knows_names_its_setting(store: Store) -> None:
    with pytest.raises(SettingsError, match=r"^delivery\.publish_to begins"):
        store.site_folder("gopher://example.org/www")
    with pytest.raises(SettingsError, match=r"^storage\.base_url begins"):
        Store("gopher://example.org/data")


def test_an_episode_is_known_by_its_day(store: Store) -> None:
    assert store.known_episode_ids() == frozenset()

    store.episodes.replace_day(
        DAY - timedelta(days=1),
        [DecidedEpisode(episode=an_episode("of-a-day"), decision="skip", reason="no_audio", message="No enclosure.")],
    )

    assert store.known_episode_ids() == {"of-a-day"}


def test_a_store_that_was_never_written_to_opens_and_holds_nothing(store: Store) -> None:
    assert list(store.transcripts.days()) == list(store.digests.all()) == list(store.related_insights.all()) == []
    assert (
        list(store.preferences.all()) == list(store.skipped.of("audio", DAY)) == list(store.chapters.of_day(DAY)) == []
    )
    assert store.insight_vectors.dimensions_of("parrot-1") is None
    with store.locks.hold(DAY):
        assert [file.name for file in (store.base / "locks").iterdir()] == [f"{DAY}.lock"]


def test_what_only_saves_work_is_replaced_whole(store: Store, tmp_path: Path) -> None:
    assert store.word_pairs.read() is None

    store.word_pairs.write(b"long and old")
    store.word_pairs.write(b"new")

    assert store.word_pairs.read() == b"new"
    assert (tmp_path / "artifacts" / "word_pairs" / "pairs.npz").read_bytes() == b"new"
