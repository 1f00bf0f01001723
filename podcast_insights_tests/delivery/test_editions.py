from datetime import date, datetime, timedelta

import pytest

from podcast_insights.delivery.editions import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    due_again,
    is_current_edition,
    pause_after,
    wanted_recipients,
)
from podcast_insights.errors import SettingsError
from podcast_insights.settings import RecipientSettings
from podcast_insights_tests.storage.examples import NOW, an_outbox_row

DAY = date(2026, 11, 13)


def row(*, minutes_ago=0, **changes):
    return an_outbox_row(changed_at=NOW - timedelta(minutes=minutes_ago), **changes)


@pytest.mark.parametrize(
    ("rows", "is_due"),
    [
        ([], False),
        ([row(minutes_ago=9, attempts=1)], False),
        ([row(minutes_ago=10, attempts=1)], True),
        ([row(minutes_ago=19, attempts=2)], False),
        ([row(minutes_ago=20, attempts=2)], True),
        # Planned by a run that was killed before it began.
        ([row(minutes_ago=10, attempts=0)], True),
        ([row(minutes_ago=999, state=state, attempts=1) for state in ("sending", "sent", "failed")], False),
        ([row(minutes_ago=1, attempts=1), row(minutes_ago=11, attempts=1)], True),
        # Tried by a clock that has been set back since.
        ([row(minutes_ago=-600, attempts=1)], True),
        ([row(minutes_ago=-600, attempts=1, state="sending")], False),
    ],
)
def test_what_waits_is_due_again_after_a_pause(rows, is_due):
    tried_at = due_again(rows, now=NOW)
    assert (tried_at is not None) is is_due
    if is_due:
        assert tried_at == max(one.changed_at for one in rows)


def test_the_pause_grows_to_a_limit():
    assert [pause_after(attempts) for attempts in (0, 1, 2, 3)] == [FIRST_PAUSE * factor for factor in (1, 1, 2, 4)]
    assert {pause_after(attempts) for attempts in (5, 50, 10_000)} == {LONGEST_PAUSE}


@pytest.mark.parametrize(
    ("due", "looked_at", "is_news"),
    [
        ("14T06:30", "12T23:59", False),
        ("14T06:30", "13T00:00", True),
        ("14T06:30", "14T23:59", True),
        ("14T06:30", "15T00:00", False),
        # Due late in the evening, and ready, or tried again, after midnight.
        ("14T23:30", "15T00:20", True),
        ("14T23:30", "15T11:29", True),
        ("14T23:30", "15T11:30", False),
    ],
)
def test_an_edition_is_news_until_the_day_after_ends_and_for_half_a_day(due, looked_at, is_news):
    due_at, now = (datetime.fromisoformat(f"2026-11-{at}:00+00:00") for at in (due, looked_at))
    assert is_current_edition(DAY, today=now.date(), due_at=due_at, now=now) is is_news


def test_some_recipients_are_chosen_by_their_address():
    everybody = [RecipientSettings(address=address) for address in ("a@x.org", "B@x.org", "c@x.org")]
    assert wanted_recipients(everybody, []) == tuple(everybody)
    assert wanted_recipients(everybody, ["C@x.org", "b@x.org"]) == (everybody[1], everybody[2])
    with pytest.raises(SettingsError, match=r"d@x.org is not in delivery\.recipients"):
        wanted_recipients(everybody, ["a@x.org", "d@x.org"])
