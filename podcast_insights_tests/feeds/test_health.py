"""How feeds are doing: what needs a person first, the settings' word over the catalogue's."""

from datetime import timedelta

import pytest

from podcast_insights.feeds.health import feed_health, health_rows
from podcast_insights.feeds.values import FeedPoll, Show
from podcast_insights.settings import ShowSettings
from podcast_insights_tests.feeds.fakes import NOW


def followed(name: str, *, paused: bool = False) -> ShowSettings:
    return ShowSettings(url=f"https://{name}.example/feed", paused=paused)


def known(name: str, **state: object) -> Show:
    url = f"https://{name}.example/feed"
    show = Show(show_id=name, name=name.title(), title=name, configured_url=url, feed_url=url, next_poll_at=NOW)
    return Show(**{field: getattr(show, field) for field in Show.__dataclass_fields__} | state)


def polled(name: str, **found: object) -> FeedPoll:
    facts = {"outcome": "changed", "http_status": 200, "body_bytes": 1, "duration_s": 0.1, "listed": 9}
    return FeedPoll(**{"show_id": name, "polled_at": NOW - timedelta(minutes=5)} | facts | found)


def test_what_needs_a_person_comes_first() -> None:
    configured = [followed("fine"), followed("new"), followed("off", paused=True), followed("ill"), followed("dead")]
    shows = [known("fine"), known("off"), known("ill", status="failing", last_error="no", failures_in_a_row=2)]
    shows.append(known("dead", status="gone", next_poll_at=None, last_error="410"))
    shows.append(known("unfollowed", status="gone"))

    health = feed_health(configured, shows, {"fine": polled("fine")})

    assert [(row.name, row.status) for row in health] == [
        ("Dead", "gone"),
        ("Ill", "failing"),
        ("https://new.example/feed", "never polled"),
        ("Fine", "active"),
        ("Off", "paused"),
    ]
    assert [row.problem for row in health[:2]] == ["410", "no"]
    assert "podcast-insights digest" in (health[2].problem or "")
    assert health[4].next_poll_at is None


def test_a_row_holds_the_last_poll() -> None:
    (row,) = health_rows(feed_health([followed("fine")], [known("fine")], {"fine": polled("fine", new_episodes=3)}))

    assert row == {
        "show": "Fine",
        "status": "active",
        "last poll": "20 Nov 11:55",
        "result": "changed",
        "listed": 9,
        "new": 3,
        "next poll": "20 Nov 12:00",
        "problem": None,
    }


@pytest.mark.parametrize(
    ("found", "result"),
    [
        ({"outcome": "failed", "http_status": None, "error": "no answer"}, "failed"),
        ({"outcome": "failed", "http_status": 500, "error": "no"}, "failed (500)"),
        ({"outcome": "not_modified", "http_status": 304}, "not modified"),
    ],
)
def test_a_result_says_what_a_person_needs(found: dict[str, object], result: str) -> None:
    (row,) = health_rows(feed_health([followed("fine")], [known("fine")], {"fine": polled("fine", **found)}))

    assert row["result"] == result


def test_a_problem_says_how_long_it_lasts_and_what_was_lost() -> None:
    show = known("fine", last_error="it is no feed", failures_in_a_row=3)
    (row,) = health_rows(feed_health([followed("fine")], [show], {"fine": polled("fine", dropped_items=2)}))

    assert row["problem"] == "it is no feed; 3 polls in a row failed; 2 items could not be used"
