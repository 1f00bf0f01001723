"""Runs from the command line beside others: never two on one day, and none that waits for a run that is dead."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import dagster as dg
import pytest

from podcast_insights.bundled import bundled_path
from podcast_insights.defs.runs import COMMAND_LINE, MADE_BY, DayRun, Runner
from podcast_insights.errors import InUseError
from podcast_insights_tests.defs.fakes import World
from podcast_insights_tests.defs.stored_days import THE_DAY_AFTER, a_world_with_a_good_day
from podcast_insights_tests.storage.examples import DAY


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world_with_a_good_day(tmp_path / "data")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "dagster.yaml").write_bytes(bundled_path("dagster.example.yaml").read_bytes())
    return folder


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


def made(world: World, home: Path | None, day: date = DAY) -> DayRun:
    with closing(Runner(world.settings, home=home, resources=world.replaced)) as runner:
        return runner.run("ingest_job", day, assets=["episodes"])


def a_run_at_work(world: World, instance: dg.DagsterInstance, **tags: str) -> dg.DagsterRun:
    job = world.definitions().resolve_job_def("ingest_job")
    tags |= {"dagster/partition": DAY.isoformat()}
    return instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)


def test_a_day_that_another_command_makes_is_left_alone(world: World) -> None:
    with world.store.locks.hold(DAY):
        with pytest.raises(InUseError, match="another command"):
            made(world, None)
        assert made(world, None, THE_DAY_AFTER).is_success


def test_a_day_that_the_daemon_makes_is_left_alone(world: World, home: Path, instance: dg.DagsterInstance) -> None:
    run = a_run_at_work(world, instance)

    with pytest.raises(InUseError, match=f"The run {run.run_id} is at work on {DAY}"):
        made(world, home)


def test_a_command_that_was_killed_holds_up_nobody(world: World, home: Path, instance: dg.DagsterInstance) -> None:
    killed = a_run_at_work(world, instance, **{MADE_BY: COMMAND_LINE})

    assert made(world, home).is_success
    run = instance.get_run_by_id(killed.run_id)
    assert run is not None
    assert run.status == dg.DagsterRunStatus.FAILURE, "it frees the day for the daemon's runs, too"


def test_where_there_are_no_locks_a_command_may_be_at_work_and_is_left_alone(
    world: World, home: Path, instance: dg.DagsterInstance
) -> None:
    at_work = a_run_at_work(world, instance, **{MADE_BY: COMMAND_LINE})
    bucket = world.settings.storage.model_copy(update={"base_url": "memory://bucket"})
    world.settings = world.settings.model_copy(update={"storage": bucket})

    with pytest.raises(InUseError, match=f"The run {at_work.run_id} is at work on {DAY}"):
        made(world, home)

    run = instance.get_run_by_id(at_work.run_id)
    assert run is not None
    assert run.status == dg.DagsterRunStatus.STARTED


def test_a_run_that_a_person_stops_says_so(world: World) -> None:
    def stopped() -> datetime:
        raise KeyboardInterrupt

    clock = dg.ResourceDefinition.hardcoded_resource(stopped)
    resources = {**world.replaced, "clock": clock}

    with closing(Runner(world.settings, home=None, resources=resources)) as runner, pytest.raises(KeyboardInterrupt):
        runner.run("ingest_job", DAY, assets=["episodes"])
