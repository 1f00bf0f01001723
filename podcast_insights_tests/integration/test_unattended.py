"""Days in a row by the real daemon's functions while something is wrong with the machine: its settings, or its clock.

Whatever it is, each day gets one digest, each edition is sent once at most, and nothing that was published is lost.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from podcast_insights_tests.integration.unattended import Unattended, unattended

# Dagster's daemon uses what Dagster, and Python, have deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition.environment_vars`:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
]

DAY = date(2026, 11, 9)
TYPO = {"digest": {"start_date": "2026-11-01", "top_m": "planted-7d1e"}}
SAID = "digest.top_m: there is no such setting; did you mean top_n?"


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def at(number: int, hour: int, minute: int = 0) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=UTC) + timedelta(days=number)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Unattended]:
    """A machine in the evening of the first day, which has episodes, and after the morning on which it was sent."""
    monkeypatch.setenv("PODCAST_INSIGHTS_CONFIG", str(tmp_path / "podcasts.yaml"))
    with unattended(tmp_path) as machine:
        machine.publishes(DAY)
        machine.begins(at(0, 20))
        assert machine.turn(at(0, 20)) == []
        assert machine.turn(at(1, 6, 31)) == []
        assert machine.sent() == [(DAY, 1)]
        yield machine


def assert_nothing_is_lost_or_doubled(machine: Unattended, days: int, *, published: int | None = None) -> None:
    made = [day(number) for number in range(days)]
    episodes = Counter(one.episode_id for one_day in made for one in machine.store.transcripts.of_day(one_day))
    digests = machine.store.digests.of_days(made)
    in_digests = Counter(entry.candidate.insight.insight_id for digest in digests for entry in digest.entries)

    assert machine.store.digests.days() == tuple(made)
    assert len(episodes) == 2 * (published or days)
    assert set(episodes.values()) == {1}
    assert set(in_digests.values()) == {1}
    editions = Counter(edition for edition, _ in machine.sent())
    assert set(editions.values()) == {1}
    assert {attempts for _, attempts in machine.sent()} == {1}


def test_a_typo_over_two_mornings_stops_no_other_and_loses_no_digest(machine: Unattended) -> None:
    machine.writes(**TYPO)
    with pytest.warns(UserWarning, match="did you mean top_n"):
        told = machine.reloads() or ""
    assert SAID in told
    assert "planted" not in told, "what was given may be a secret"
    ticks = machine.ticks_of_neighbour()

    machine.publishes(day(1), day(2))
    for when in (at(1, 20), at(2, 6, 31), at(2, 20), at(3, 6, 31)):
        assert machine.turn(when) == []
    assert machine.ticks_of_neighbour() == ticks + 4
    assert [status for _, status in machine.runs("digest_job")] == ["SUCCESS"]

    machine.writes()
    assert machine.reloads() is None
    assert machine.turn(at(3, 10), rounds=3) == []
    machine.publishes(day(3))
    assert machine.turn(at(3, 20)) == []
    assert machine.turn(at(4, 6, 31)) == []
    assert machine.turn(at(4, 6, 41)) == []

    assert machine.runs("digest_job") == [(day(number).isoformat(), "SUCCESS") for number in range(4)]
    assert [edition for edition, _ in machine.sent()] == [DAY, day(2), day(3)], "the second was past when it was made"
    assert_nothing_is_lost_or_doubled(machine, 4)


def test_a_run_that_cannot_load_the_settings_says_why_and_is_made_up_for_the_same_morning(machine: Unattended) -> None:
    # Nobody has reloaded the location: only the processes of runs see the typo.
    machine.writes(**TYPO)
    machine.publishes(DAY - timedelta(days=1), day(1))
    assert machine.turn(at(1, 20), rounds=4) == []
    assert machine.turn(at(2, 6, 31), rounds=4) == []

    statuses = {status for job in ("ingest_job", "digest_job") for _, status in machine.runs(job)[1:]}
    assert statuses == {"FAILURE"}
    run = machine.instance.get_runs(limit=1)[0]
    events = [entry.dagster_event for entry in machine.instance.all_logs(run.run_id)]
    reasons = [
        event.engine_event_data.error.to_string()
        for event in events
        if event and event.is_engine_event and event.engine_event_data.error
    ]
    assert SAID in reasons[0]
    assert not any("planted" in reason for reason in reasons)

    machine.writes()
    assert machine.turn(at(2, 6, 40), rounds=3) == []
    assert machine.store.digests.days() == (DAY,), "not before half an hour has passed"
    assert machine.turn(at(2, 7, 10), rounds=3) == []
    assert machine.turn(at(2, 7, 20), rounds=3) == []
    assert machine.turn(at(2, 20), rounds=3) == []
    assert [edition for edition, _ in machine.sent()] == [DAY, day(1)]
    assert Counter(status for _, status in machine.runs("digest_job"))["SUCCESS"] == 2
    late = DAY - timedelta(days=1)
    assert len(machine.store.transcripts.of_day(late)) == 2
    assert_nothing_is_lost_or_doubled(machine, 2)


@pytest.mark.parametrize("sign", [-1, 1], ids=["back", "forward"])
def test_a_clock_that_is_set_and_set_right_makes_one_digest_a_day(machine: Unattended, sign: int) -> None:
    # By an hour from the first morning until the next noon; two days later by a day.
    for first, wrong_by in ((1, sign * timedelta(hours=1)), (3, sign * timedelta(days=1))):
        machine.publishes(day(first))
        for when in (at(first, 6, 45), at(first, 7, 31), at(first, 20), at(first + 1, 6, 31), at(first + 1, 7, 31)):
            assert machine.turn(when + wrong_by) == []
        machine.publishes(day(first + 1))
        for when in (at(first + 1, 12, 5), at(first + 2, 6, 31), at(first + 2, 6, 41)):
            assert machine.turn(when) == []
    # Dagster asks no sensor before the time at which it asked last; what was published meanwhile comes a day later.
    for when in (at(5, 9), at(6, 6, 31)):
        assert machine.turn(when) == []

    assert machine.runs("digest_job") == [(day(number).isoformat(), "SUCCESS") for number in range(6)]
    assert_nothing_is_lost_or_doubled(machine, 6, published=5)
