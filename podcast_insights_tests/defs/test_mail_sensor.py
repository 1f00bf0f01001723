"""The sensor that sends what a mail server put off, called as Dagster's daemon does."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from podcast_insights.defs.mail_sensor import unsent_mail_sensor
from podcast_insights.errors import DeliveryDelayedError, SettingsError
from podcast_insights_tests.defs.fakes import World
from podcast_insights_tests.defs.stored_days import ADA, BOB, a_world_with_a_good_day
from podcast_insights_tests.storage.examples import DAY


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_world_with_a_good_day(tmp_path)
    world.mail_box.refuses(ADA, DeliveryDelayedError("451 greylisted, come back later"))
    return world


def sends(
    world: World, instance: dg.DagsterInstance, request: dg.RunRequest | None = None, *, also: Sequence[str] = ()
) -> bool:
    """Run the mail of the day, as a request asks or as the schedule does; return whether the run went well."""
    mail = [dg.AssetKey("digest_mail"), *map(dg.AssetKey, also)]
    result = world.definitions().resolve_job_def("digest_job").execute_in_process(
        instance=instance,
        partition_key=DAY.isoformat(),
        asset_selection=list(request.asset_selection or ()) if request else mail,
        tags=dict(request.tags) if request else None,
        raise_on_error=False,
    )  # fmt: skip
    return result.success


def asks(world: World, instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    context = dg.build_sensor_context(
        instance, resources={name: world.resources[name] for name in ("settings", "store", "clock")}
    )
    return list(unsent_mail_sensor(context))


def test_what_was_put_off_is_asked_for_again_later_and_later_until_it_arrived(world: World) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert sends(world, instance)
        assert asks(world, instance) == []

        world.clock.moves(timedelta(minutes=10))
        (request,) = asks(world, instance)
        assert request.partition_key == DAY.isoformat()
        assert request.run_key == asks(world, instance)[0].run_key
        assert sends(world, instance, request)
        world.clock.moves(timedelta(minutes=10))
        assert asks(world, instance) == []

        world.clock.moves(timedelta(minutes=10))
        world.mail_box.accepts(ADA)
        (later,) = asks(world, instance)
        assert later.run_key != request.run_key
        assert sends(world, instance, later)
        world.clock.moves(timedelta(hours=3))
        assert asks(world, instance) == []

    assert world.mail_box.received == [BOB, ADA]


def test_an_edition_that_is_no_news_is_left_to_a_person(world: World) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert sends(world, instance)
        world.clock.moves(timedelta(days=1))

        assert asks(world, instance) == []


def test_a_run_that_failed_at_something_else_keeps_no_mail_back(world: World) -> None:
    # A folder where the DuckDB file should be: it cannot be replaced.
    (Path(str(world.store.duckdb_file)) / "in the way").mkdir(parents=True)
    with dg.DagsterInstance.ephemeral() as instance:
        assert not sends(world, instance, also=["podcast_insights_duckdb"])
        world.clock.moves(timedelta(minutes=10))
        world.mail_box.accepts(ADA)
        (request,) = asks(world, instance)
        assert sends(world, instance, request)

    assert world.mail_box.received == [BOB, ADA]


def test_after_a_failure_a_person_mends_the_cause_first(world: World) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert sends(world, instance)
        world.clock.moves(timedelta(minutes=30))
        world.mail_box.refuses(ADA, SettingsError("535 wrong password"))
        assert not sends(world, instance)
        world.clock.moves(timedelta(hours=3))

        assert asks(world, instance) == []
