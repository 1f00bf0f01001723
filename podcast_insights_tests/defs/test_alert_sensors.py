"""The sensors that tell a person, called as Dagster's daemon does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import EngineEventData
from dagster_shared.error import SerializableErrorInfo

from podcast_insights.defs.alert_sensors import failed_run_sensor, watch_sensor
from podcast_insights.delivery.values import Channel
from podcast_insights.errors import DeliveryDelayedError
from podcast_insights.settings import AlertSettings
from podcast_insights_tests.defs.fakes import World
from podcast_insights_tests.defs.stored_days import THE_DAY_AFTER, a_world_with_a_good_day
from podcast_insights_tests.storage.examples import DAY, a_show, an_outbox_row


class Letters:
    """A sender that keeps the subjects and texts of what it is given."""

    channel: Channel = "smtp"

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.texts: list[str] = []
        self.takes = 99

    def send(self, message: EmailMessage) -> str:
        if len(self.subjects) >= self.takes:
            raise DeliveryDelayedError("451 too many mails")
        self.subjects.append(str(message["Subject"]).removeprefix("[Podcast Insights] "))
        self.texts.append(message.get_content())
        return "kept"


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_world_with_a_good_day(tmp_path)
    world.settings = world.settings.model_copy(update={"alerts": AlertSettings(recipients=("a@example.org",))})
    return world


def resources(world: World, letters: Letters) -> Mapping[str, Any]:
    return {**world.resources, "settings": world.settings, "sender": letters}


def looks(world: World, letters: Letters, cursor: str | None) -> str | None:
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance, cursor=cursor, resources=resources(world, letters))
        watch_sensor(context)
        return context.cursor


def test_a_tick_says_what_needs_a_person(world: World, letters: Letters) -> None:
    def tick() -> str | None:
        with dg.DagsterInstance.ephemeral() as instance:
            found = watch_sensor(dg.build_sensor_context(instance, resources=resources(world, letters)))
            assert isinstance(found, dg.SkipReason)
            return found.skip_message

    assert tick() == "Nothing needs a person."
    world.store.catalog.save(a_show("show1", status="gone"), [])
    assert tick() == "What needs a person: The feed of Deep Dives is gone. All of it was told."


def test_what_lasts_is_told_once_and_what_came_back_again(world: World, letters: Letters) -> None:
    cursor = looks(world, letters, None)
    assert letters.subjects == []

    world.store.catalog.save(a_show("show1", status="gone"), [])
    world.clock.moves(timedelta(days=2, hours=3))
    cursor = looks(world, letters, cursor)
    cursor = looks(world, letters, cursor)
    assert letters.subjects == ["The digest of 2026-11-15 is late", "The feed of Deep Dives is gone"]

    world.store.catalog.save(a_show("show1"), [])
    cursor = looks(world, letters, cursor)
    world.store.catalog.save(a_show("show1", status="gone"), [])
    looks(world, letters, cursor)
    assert letters.subjects[2:] == ["The feed of Deep Dives is gone"]


def test_what_went_out_before_the_server_had_enough_is_not_told_again(world: World, letters: Letters) -> None:
    world.store.catalog.save(a_show("show1", status="gone"), [])
    world.clock.moves(timedelta(days=2, hours=3))
    both = ["The digest of 2026-11-15 is late", "The feed of Deep Dives is gone"]

    letters.takes = 1
    cursor = looks(world, letters, None)
    assert letters.subjects == both[:1]
    with pytest.raises(dg.Failure, match="451 too many mails"):
        looks(world, letters, cursor)
    letters.takes = 2
    looks(world, letters, looks(world, letters, cursor))
    assert letters.subjects == both


def test_a_mail_that_was_refused_is_told_once(world: World, letters: Letters) -> None:
    world.store.outbox.create(an_outbox_row(state="failed", attempts=1, answer="550 no such user"))

    looks(world, letters, looks(world, letters, None))

    assert letters.subjects == [f"The digest of {DAY} was refused by one recipient"]
    assert "a@example.org: 550 no such user" in letters.texts[0]


def test_one_more_whose_mail_was_refused_is_told_of_and_one_less_is_not(world: World, letters: Letters) -> None:
    refused = [
        an_outbox_row(recipient, state="failed", attempts=1, answer="550 no such user")
        for recipient in ("a@example.org", "b@example.org")
    ]
    world.store.outbox.create(refused[0])
    cursor = looks(world, letters, None)
    world.store.outbox.create(refused[1])
    cursor = looks(world, letters, cursor)
    world.store.outbox.replace(replace(refused[0], state="sent"))
    cursor = looks(world, letters, looks(world, letters, cursor))

    edition = f"The digest of {DAY}"
    assert letters.subjects == [f"{edition} was refused by one recipient", f"{edition} was refused by two recipients"]
    assert "example.org" not in str(cursor)


@pytest.mark.parametrize("cursor", ["", "{", "{}", "5"])
def test_a_cursor_that_cannot_be_read_tells_once_more(world: World, letters: Letters, cursor: str) -> None:
    world.store.catalog.save(a_show("show1", status="gone"), [])

    looks(world, letters, cursor)

    assert letters.subjects == ["The feed of Deep Dives is gone"]


def test_where_nobody_wants_alerts_nothing_is_looked_at(world: World, letters: Letters) -> None:
    world.settings = world.settings.model_copy(update={"alerts": AlertSettings()})
    world.store.catalog.save(a_show("show1", status="gone"), [])

    assert looks(world, letters, None) is None
    assert letters.subjects == []


def test_a_run_that_could_not_begin_is_told_with_what_stopped_it(world: World, letters: Letters) -> None:
    job = world.definitions().resolve_job_def("digest_job")
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(job, tags={"dagster/partition": DAY.isoformat()})
        mistake = SerializableErrorInfo("SettingsError: digest.top_m: there is no such setting", [], None)
        instance.report_engine_event("Could not load job definition.", run, EngineEventData.engine_error(mistake))
        context = dg.build_run_status_sensor_context(
            "failed_run_sensor",
            instance.report_run_failed(run),
            instance,
            run,
            resources=resources(world, letters),
        ).for_run_failure()
        failed_run_sensor(context)

    assert letters.subjects == [f"digest_job for {DAY} failed"]
    assert "SettingsError: digest.top_m: there is no such setting" in letters.texts[0]


@pytest.mark.parametrize("is_retried", [False, True])
def test_a_failed_run_is_told_with_its_reasons_unless_it_is_started_again(
    world: World, letters: Letters, is_retried: bool
) -> None:
    no_digest = THE_DAY_AFTER
    job = world.definitions().resolve_job_def("digest_job")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            partition_key=no_digest.isoformat(),
            asset_selection=[dg.AssetKey("digest_mail")],
            run_config={"ops": {"digest_mail": {"config": {"send_past_editions": True}}}},
            tags={"dagster/will_retry": "true"} if is_retried else {},
            raise_on_error=False,
        )
        (event,) = [event for event in result.all_events if event.is_job_failure]
        context = dg.build_run_status_sensor_context(
            "failed_run_sensor", event, instance, result.dagster_run, resources=resources(world, letters)
        ).for_run_failure()
        failed_run_sensor(context)

    assert letters.subjects == ([] if is_retried else [f"digest_job for {no_digest} failed"])
    assert ["materialize daily_digest" in text for text in letters.texts] == ([] if is_retried else [True])


def test_a_failed_run_that_nobody_could_be_told_of_is_told_when_that_is_possible(
    world: World, letters: Letters
) -> None:
    """Dagster takes a run for told although the sensor fails; the mail server is often down when a run is, too."""
    world.clock.moves(datetime.now(UTC) - world.clock())
    with dg.DagsterInstance.ephemeral() as instance:

        def tick(cursor: str | None) -> str | None:
            context = dg.build_sensor_context(
                instance, cursor=cursor, definitions=world.definitions(), resources=resources(world, letters)
            )
            failed_run_sensor.evaluate_tick(context)
            return context.cursor

        begun = tick(None)
        run = instance.create_run_for_job(world.definitions().resolve_job_def("digest_job"))
        instance.report_run_failed(run)
        letters.takes = 0
        with pytest.raises(dg.DagsterError, match="451 too many mails"):
            tick(begun)
        letters.takes = 99
        told = tick(begun)
        assert letters.subjects == ["digest_job failed"]
        assert tick(told) == told

        letters.takes = 0
        instance.report_run_failed(instance.create_run_for_job(world.definitions().resolve_job_def("ingest_job")))
        world.clock.moves(timedelta(days=1, hours=1))
        assert tick(told) != told, "a run that is no news keeps back no later one"
