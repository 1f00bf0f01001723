from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from podcast_insights.digest.values import Preference
from podcast_insights.storage.store import Store
from podcast_insights.storage.upgrade import outdated_files, upgrade

AT = datetime(2026, 11, 13, 7, tzinfo=UTC)
LIKED = Preference(
    subject="i1", kind="like", label="Streets are slow.", said_at=AT, show_id="s1", topics=("streets", "cars")
)


def test_what_was_said_last_of_a_subject_holds(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    assert store.preferences.all() == ()
    store.preferences.say(LIKED)
    followed = Preference(subject="energy", kind="follow", label="energy", said_at=AT + timedelta(hours=1))
    store.preferences.say(followed)
    disliked = replace(LIKED, kind="dislike", said_at=AT + timedelta(hours=2))
    store.preferences.say(disliked)

    assert Store(str(tmp_path)).preferences.all() == (followed, disliked)


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    preferences = Store(str(tmp_path)).preferences
    preferences.say(LIKED)
    assert not preferences.forget("energy")
    assert preferences.forget("i1")
    assert preferences.all() == ()


def test_a_term_is_one_however_its_letters_are_composed(tmp_path: Path) -> None:
    preferences = Store(str(tmp_path)).preferences
    preferences.say(Preference(subject="caf\u00e9", kind="follow", label="caf\u00e9", said_at=AT))
    muted = Preference(subject="Cafe\u0301", kind="mute", label="Cafe\u0301", said_at=AT + timedelta(hours=1))
    preferences.say(muted)

    assert preferences.all() == (muted,)
    assert preferences.forget("caf\u00e9")


def test_each_reader_has_a_memory_of_their_own(tmp_path: Path) -> None:
    preferences = Store(str(tmp_path)).preferences
    of_ana = replace(LIKED, kind="dislike", recipient="ana@example.org")
    preferences.say(LIKED)
    preferences.say(of_ana)

    assert preferences.of() == (LIKED,)
    assert preferences.of("ana@example.org") == (of_ana,)
    assert preferences.forget("i1", recipient="ana@example.org")
    assert preferences.all() == (LIKED,)


def test_what_was_said_before_there_were_recipients_shapes_the_digest(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.preferences.say(LIKED)
    (path,) = store.warehouse.files("preferences")
    older = pq.read_table(str(path)).drop_columns(["recipient"])
    pq.write_table(older, str(path))

    assert Store(str(tmp_path)).preferences.of() == (LIKED,)
    with store.warehouse.connect(["preferences"]) as connection:
        assert connection.execute("SELECT recipient, subject FROM preferences").fetchall() == [("", "i1")]
    ((name, old),) = outdated_files(store.warehouse)
    upgrade(store.warehouse, name, old)
    assert pq.read_table(str(path))["recipient"].to_pylist() == [""]
    assert Store(str(tmp_path)).preferences.of() == (LIKED,)
