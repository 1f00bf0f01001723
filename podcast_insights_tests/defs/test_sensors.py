"""The sensor as a state machine: what it asks for follows from the catalogue and its cursor, whatever happens."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from podcast_insights.defs.jobs import ingest_job
from podcast_insights.defs.run_tags import UNTIL
from podcast_insights.defs.sensors import new_episodes_sensor, recent_days, run_requests
from podcast_insights.settings import DigestSettings, FeedSettings
from podcast_insights.skips import Skip
from podcast_insights_tests.defs.fakes import World, a_world
from podcast_insights_tests.feeds.fakes import Clock
from podcast_insights_tests.storage.examples import a_digest

NOON = datetime(2024, 11, 20, 12, 0, tzinfo=UTC)
TODAY, YESTERDAY = "2024-11-20", "2024-11-19"
ONE, TWO = "https://one.example.org/feed", "https://two.example.org/feed"


class Daemon:
    """Calls the sensor as Dagster's daemon does: keeps its cursor, and starts no run twice for one run key."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cursor: str | None = None
        self.polled = False
        self._keys: set[str] = set()

    def ticks(self) -> list[str]:
        """Return the days of the runs that one tick starts."""
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance, cursor=self.cursor, resources=self.world.resources)
            result = new_episodes_sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        self.polled = bool(result.asset_events)
        fresh = [request for request in result.run_requests or [] if request.run_key not in self._keys]
        self._keys |= {str(request.run_key) for request in fresh}
        return [str(request.partition_key) for request in fresh]

    def ticks_later(self, **later: int) -> list[str]:
        self.world.clock.moves(timedelta(**(later or {"hours": 1})))
        return self.ticks()


@pytest.fixture
def daemon(tmp_path: Path) -> Daemon:
    return Daemon(a_world(tmp_path, now=NOON, shows=[ONE, TWO]))


def test_asks_for_each_recent_day_with_episodes_the_newest_first(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON - timedelta(hours=1)), ("b", NOON - timedelta(days=1)))
    daemon.world.web.serves(TWO, ("c", NOON - timedelta(hours=2)))

    assert daemon.ticks() == [TODAY, YESTERDAY]
    assert daemon.polled


def test_two_episodes_at_once_are_one_run_and_a_third_is_another(daemon: Daemon) -> None:
    both = [("a", NOON - timedelta(hours=1)), ("b", NOON - timedelta(hours=2))]
    daemon.world.web.serves(ONE, *both)
    assert daemon.ticks() == [TODAY]

    daemon.world.web.serves(ONE, *both, ("c", NOON), etag='"v2"')
    assert daemon.ticks_later() == [TODAY]


def test_nothing_new_asks_for_nothing(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    daemon.ticks()

    assert daemon.ticks() == []
    assert not daemon.polled, "no feed was due"
    assert daemon.ticks_later() == []
    assert daemon.polled


def test_a_feed_without_an_etag_is_not_new_each_time(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON), etag=None)
    assert daemon.ticks() == [TODAY]

    assert daemon.ticks_later() == []
    assert daemon.world.web.asked.count(ONE) == 2


def test_one_dead_feed_stops_no_other(daemon: Daemon) -> None:
    daemon.world.web.fails(ONE)
    daemon.world.web.serves(TWO, ("c", NOON))

    assert daemon.ticks() == [TODAY]


def test_a_tick_without_polls_counts_no_attempts(daemon: Daemon) -> None:
    daemon.world.web.fails(ONE)
    daemon.world.web.serves(TWO, ("c", NOON))
    for _ in range(3):
        daemon.ticks_later(minutes=5)

    (row,) = daemon.world.store.skipped.of("feeds", None)
    assert (row["attempts"], row["last_at"]) == (1, NOON + timedelta(minutes=5))


def test_a_tick_that_fails_after_polling_loses_nothing(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    daemon.world.web.serves(TWO)
    in_the_way = daemon.world.store.warehouse.folder / "skipped"
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_text("a file where a folder belongs")

    with pytest.raises(dg.Failure, match="skipped"):
        daemon.ticks()
    assert daemon.cursor is None
    assert daemon.world.web.asked

    in_the_way.unlink()
    asked_before = len(daemon.world.web.asked)
    assert daemon.ticks() == [TODAY], "although this tick polled nothing"
    assert len(daemon.world.web.asked) == asked_before


def test_what_was_asked_for_is_not_asked_for_again_without_a_cursor(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    daemon.ticks()

    daemon.cursor = None

    assert daemon.ticks() == [], "the run key is the same"


@pytest.mark.parametrize("cursor", ["", "{", "[]", '"x"', "null", '{"2024-11-20": 5}', "\x00"])
def test_a_cursor_that_cannot_be_read_is_a_cursor_that_is_not_there(daemon: Daemon, cursor: str) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    daemon.cursor = cursor

    assert daemon.ticks() == [TODAY]
    assert json.loads(daemon.cursor).keys() == {TODAY}


def test_an_episode_that_appears_late_is_asked_for_on_its_own_day(daemon: Daemon) -> None:
    first = ("a", NOON)
    daemon.world.web.serves(ONE, first)
    daemon.ticks()

    daemon.world.web.serves(ONE, first, ("late", NOON - timedelta(days=2)), etag='"v2"')

    assert daemon.ticks_later() == ["2024-11-18"]


def test_an_episode_that_is_dated_ahead_is_asked_for_again_when_its_time_has_come(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON + timedelta(hours=3)))
    assert daemon.ticks() == [TODAY]

    assert daemon.ticks_later(hours=2) == []
    assert daemon.ticks_later(hours=1) == [TODAY]
    assert daemon.ticks_later(hours=1) == []


def test_the_backlog_of_a_new_show_is_left_to_backfills(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, *[(f"old{days}", NOON - timedelta(days=days)) for days in range(4, 300, 7)])

    assert daemon.ticks() == []
    assert len(daemon.world.store.catalog.shows()) == 2, "the episodes are known all the same"


def test_the_cursor_does_not_grow(daemon: Daemon) -> None:
    for hours in range(0, 24 * 9, 24):
        at = NOON + timedelta(hours=hours)
        daemon.world.web.serves(ONE, (f"e{hours}", at - timedelta(minutes=5)), etag=f'"{hours}"')
        daemon.ticks_later(days=1)

    assert len(json.loads(daemon.cursor or "{}")) <= daemon.world.settings.digest.lookback_days + 1


def test_a_tick_ends_in_time_and_the_next_one_goes_on(tmp_path: Path) -> None:
    feeds = FeedSettings(workers=1, sensor_budget_s=40)
    world = a_world(tmp_path, now=NOON, shows=[ONE, TWO], feeds=feeds)
    world.web.serves(ONE, ("a", NOON))
    world.web.serves(TWO, ("c", NOON - timedelta(days=1)))
    slow = Daemon(world)
    world.clock = Clock(NOON, step=timedelta(seconds=20))
    assert slow.ticks() == [TODAY]
    assert world.web.asked == [ONE]

    world.clock = Clock(NOON + timedelta(minutes=5))
    assert slow.ticks() == [YESTERDAY]
    assert world.web.asked == [ONE, TWO]


def test_without_shows_the_tick_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(dg.Failure, match="podcast-insights add"):
        Daemon(a_world(tmp_path, now=NOON)).ticks()


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 20, 22, 59, tzinfo=UTC), "2026-11-20"),
        (datetime(2026, 11, 20, 23, 1, tzinfo=UTC), "2026-11-21"),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 22, 30, tzinfo=UTC), "2026-03-30"),
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), "2026-10-25"),
    ],
)
def test_the_day_is_the_readers(tmp_path: Path, now: datetime, day: str) -> None:
    digest = DigestSettings(timezone="Europe/Berlin", start_date=date(2026, 1, 1))
    world = a_world(tmp_path, now=now, shows=[ONE], digest=digest)
    world.web.serves(ONE, ("a", now - timedelta(seconds=20)))

    assert Daemon(world).ticks() == [day]


@pytest.mark.parametrize(
    ("today", "kept"),
    [
        (date(2026, 11, 10), ["2026-11-07", "2026-11-08", "2026-11-09", "2026-11-10"]),
        (date(2026, 11, 3), ["2026-11-02", "2026-11-03"]),
        (date(2026, 11, 1), []),
        (date(2027, 1, 1), []),
    ],
)
def test_recent_days_are_those_that_a_digest_still_considers(today: date, kept: list[str]) -> None:
    every_day = {date(2026, 10, 1) + timedelta(days=number): f"f{number}" for number in range(70)}
    settings = DigestSettings(start_date=date(2026, 11, 2), lookback_days=3)

    assert sorted(recent_days(every_day, settings, today=today)) == kept


def test_a_run_key_holds_the_day_and_its_episodes() -> None:
    recent = {"2026-11-20": "new", "2026-11-19": "same"}
    (request,) = run_requests(recent, before={"2026-11-19": "same"}, again={}, until=NOON)

    assert (request.partition_key, request.run_key) == ("2026-11-20", "2026-11-20:new")


def test_new_episodes_come_before_what_is_tried_again_and_both_before_the_backlog() -> None:
    recent = {"2026-11-20": "new", "2026-11-19": "same"}
    requests = run_requests(recent, before={"2026-11-19": "same"}, again={date(2026, 11, 19): NOON}, until=NOON)

    new, again = [int(request.tags["dagster/priority"]) for request in requests]
    assert new > again > int(ingest_job.tags["dagster/priority"])


def test_what_may_work_now_is_tried_again_less_and_less_often(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    assert daemon.ticks() == [TODAY]
    skip = Skip(stage="insights", show_id="s", subject_id="a", reason="llm", message="no answer", retryable=True)

    def tries_fail() -> None:
        daemon.world.store.skipped.replace("insights", date(2024, 11, 20), [skip], now=daemon.world.clock())

    tries_fail()
    assert daemon.ticks_later(minutes=20) == []
    assert daemon.ticks_later(minutes=15) == [TODAY]
    assert daemon.ticks_later(minutes=5) == [], "it was asked for"
    tries_fail()
    assert daemon.ticks_later(minutes=50) == []
    assert daemon.ticks_later(minutes=15) == [TODAY]


def test_what_no_later_run_can_mend_is_left_alone(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    daemon.ticks()
    skip = Skip(stage="audio", show_id="s", subject_id="a", reason="refused", message="404", retryable=False)
    daemon.world.store.skipped.replace("audio", date(2024, 11, 20), [skip], now=NOON)

    assert daemon.ticks_later(days=1) == []


def test_nothing_is_started_while_a_digest_is_due(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    daemon.ticks()
    daemon.world.web.serves(ONE, ("a", NOON), ("b", NOON + timedelta(hours=18)), etag='"v2"')

    assert daemon.ticks_later(hours=19) == [], "at seven in the morning, the digest of the day before is being made"
    daemon.world.store.digests.replace(a_digest(date(2024, 11, 20), entries=0))
    assert daemon.ticks_later(minutes=5) == ["2024-11-21"]


def test_a_digest_that_never_comes_stops_nothing_for_long(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON + timedelta(hours=18)))

    assert daemon.ticks_later(hours=19) == []
    assert daemon.ticks_later(hours=2) == ["2024-11-21"]


def test_runs_leave_the_recogniser_to_the_next_digest(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    with dg.DagsterInstance.ephemeral() as instance:
        result = new_episodes_sensor(dg.build_sensor_context(instance, resources=daemon.world.resources))
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or []

    assert request.tags[UNTIL] == "2024-11-21T06:30:00+00:00"


def test_dagsters_own_tick_takes_what_the_sensor_gives(daemon: Daemon) -> None:
    daemon.world.web.serves(ONE, ("a", NOON))
    repository = daemon.world.definitions().get_repository_def()
    sensor = repository.get_sensor_def(new_episodes_sensor.name)

    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(
            instance, repository_def=repository, sensor_name=sensor.name, resources=daemon.world.resources
        )
        data = sensor.evaluate_tick(context)

    (request,) = data.run_requests or []
    assert request.tags["dagster/partition"] == TODAY
    assert sensor.job_name == "ingest_job"
    (polled,) = data.asset_events
    assert polled.asset_key == dg.AssetKey("feeds")
