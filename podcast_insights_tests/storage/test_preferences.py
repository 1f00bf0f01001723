from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from podcast_insights.digest.values import Preference
from podcast_insights.storage.store import Store

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
