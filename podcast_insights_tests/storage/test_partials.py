import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from upath import UPath

from podcast_insights.errors import InUseError
from podcast_insights.storage.partials import Partials
from podcast_insights.web.partial import PartialFile, note_beside
from podcast_insights_tests.storage.processes import at_once, hold_partial

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
URL = "https://example.org/a.mp3"


@pytest.fixture
def partials(tmp_path: Path) -> Partials:
    return Partials(UPath(tmp_path))


def breaks_off(partials: Partials, key: str) -> Path:
    with partials.hold(key) as path, PartialFile(path, URL) as partial:
        partial.restart('"v1"')
        partial.append(b"half")
    return path


def test_a_download_that_broke_off_is_found_again(partials: Partials, tmp_path: Path) -> None:
    path = breaks_off(partials, "episode1")

    with partials.hold("episode1") as again:
        assert again == path == tmp_path / "partial" / "episode1.part"
        assert again.read_bytes() == b"half"


def test_what_cannot_be_continued_is_gone(partials: Partials) -> None:
    with partials.hold("episode1") as path:
        path.write_bytes(b"of nothing known")

    assert not path.exists()


def test_what_was_moved_away_leaves_nothing(partials: Partials, tmp_path: Path) -> None:
    with partials.hold("episode1") as path:
        path.write_bytes(b"whole")
        path.rename(tmp_path / "final")

    assert list(path.parent.iterdir()) == []
    with partials.hold("episode1") as again:
        assert again.read_bytes() == b""


def test_one_holds_a_download_at_a_time(partials: Partials) -> None:
    with partials.hold("episode1"):
        with pytest.raises(InUseError, match="another run"), partials.hold("episode1"):
            pass
        with partials.hold("episode2"):
            pass

    with partials.hold("episode1"):
        pass


def test_one_process_holds_a_download_at_a_time(tmp_path: Path) -> None:
    assert sorted(at_once(hold_partial, [(tmp_path,)] * 2)) == [False, True]


@pytest.mark.parametrize(("age", "freed"), [(timedelta(days=2, hours=23), 0), (timedelta(days=3, hours=1), 4)])
def test_what_nobody_goes_on_with_is_removed(partials: Partials, age: timedelta, freed: int) -> None:
    path = breaks_off(partials, "episode1")
    os.utime(path, ((NOW - age).timestamp(),) * 2)

    assert partials.remove_stale(NOW) == freed
    assert path.exists() is note_beside(path).exists() is (freed == 0)


def test_what_is_held_is_not_removed(partials: Partials) -> None:
    path = breaks_off(partials, "episode1")
    os.utime(path, (0, 0))

    with partials.hold("episode1"):
        assert partials.remove_stale(NOW) == 0

    assert path.exists()


def test_nothing_is_stale_before_the_first_download(base: UPath) -> None:
    assert Partials(base).remove_stale(NOW) == 0


def test_an_object_store_has_a_folder_of_this_machine_for_a_while() -> None:
    partials = Partials(UPath("memory://store"))

    with partials.hold("episode1") as path:
        path.write_bytes(b"x")

    assert not path.parent.exists()
    assert partials.remove_stale(NOW) == 0


@pytest.mark.parametrize("key", ["", ".", "..", "a/b", "/a", "../a"])
def test_a_key_is_a_plain_name(partials: Partials, key: str) -> None:
    with pytest.raises(ValueError, match="plain name"), partials.hold(key):
        pass


def test_all_that_is_stale_is_removed_beside_what_is_not(partials: Partials) -> None:
    fresh, *stale = [breaks_off(partials, name) for name in ("a-fresh", "b-stale", "c-stale")]
    for path in stale:
        os.utime(path, (0, 0))
    os.utime(fresh, (NOW.timestamp(),) * 2)

    assert partials.remove_stale(NOW) == 8
    assert fresh.exists()
    assert not any(path.exists() or note_beside(path).exists() for path in stale)
