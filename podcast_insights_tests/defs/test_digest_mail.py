"""The mail asset: one mail for each edition and person, and none that nobody expects."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from podcast_insights.digest.values import Preference
from podcast_insights.operations.timetable import sends_at
from podcast_insights.quality.record import record_results
from podcast_insights.quality.run import RuleResult
from podcast_insights.quality.suites import SUITES
from podcast_insights.settings import DeliverySettings
from podcast_insights_tests.defs.fakes import World
from podcast_insights_tests.defs.stored_days import ADA, BOB, THE_DAY_AFTER, a_world_with_a_good_day
from podcast_insights_tests.storage.examples import DAY


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world_with_a_good_day(tmp_path)


def send(
    world: World, day: date = DAY, *, tags: dict[str, str] | None = None, **config: bool | list[str]
) -> Mapping[str, dg.MetadataValue]:
    """Materialize the asset alone, and return what it reports."""
    job = world.definitions().resolve_job_def("digest_job")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            partition_key=day.isoformat(),
            asset_selection=[dg.AssetKey("digest_mail")],
            run_config={"ops": {"digest_mail": {"config": config}}},
            tags=tags,
        )
    (event,) = result.get_asset_materialization_events()
    return event.step_materialization_data.materialization.metadata


def is_sent(world: World, **how: Any) -> bool:
    """Materialize the asset, and say whether that sent anything."""
    before = len(world.mail_box.received)
    send(world, **how)
    return len(world.mail_box.received) > before


def test_everybody_gets_the_edition_once(world: World) -> None:
    assert send(world)["sent"].value == 2
    assert not is_sent(world)

    assert world.mail_box.received == [ADA, BOB]


def test_one_who_joined_later_gets_what_the_others_have(world: World) -> None:
    everybody = world.settings.delivery.recipients
    alone = DeliverySettings(recipients=everybody[:1])
    world.settings = world.settings.model_copy(update={"delivery": alone})
    send(world)
    world.settings = world.settings.model_copy(update={"delivery": DeliverySettings(recipients=everybody)})
    send(world)

    assert world.mail_box.received == [ADA, BOB]


@pytest.mark.parametrize(("reader", "left"), [(ADA, 1), ("", 0)])
def test_what_one_recipient_said_shapes_their_mail_alone(world: World, reader: str, left: int) -> None:
    # Otherwise the day's insights are repeats of the day before, and no digest is left to be shaped.
    digest_settings = world.settings.digest.model_copy(update={"novelty_days": 0, "top_n": 1})
    world.settings = world.settings.model_copy(update={"digest": digest_settings})
    said_at = world.clock()
    world.store.preferences.say(
        Preference(subject="energy", kind="mute", label="energy", said_at=said_at, recipient=reader)
    )
    assert world.runs("digest_job", DAY, "daily_digest").is_success
    digest = world.store.digests.of_day(DAY)
    assert digest is not None
    assert len(digest.entries) == left

    send(world)
    assert world.mail_box.received == [ADA, BOB]
    hers, his = world.mail_box.texts
    assert ("what you asked for leaves none" in " ".join(hers.split())) == (reader == ADA)
    assert ("heat pumps work" in hers, "heat pumps work" in his) == (False, left == 1)


def test_a_resend_is_asked_for(world: World) -> None:
    send(world)

    send(world, resend=True)

    assert world.mail_box.received == [ADA, BOB, ADA, BOB]


def test_a_past_edition_is_sent_only_when_asked(world: World) -> None:
    world.clock.moves(timedelta(days=1))

    metadata = send(world)
    assert metadata["sent"].value == 0
    assert "the day is past" in str(metadata["why"].value)
    assert world.mail_box.received == []

    assert is_sent(world, send_past_editions=True)


def test_a_digest_that_is_due_in_the_evening_and_ready_after_midnight_is_sent(world: World) -> None:
    evening = world.settings.digest.model_copy(update={"send_at": time(23, 30)})
    world.settings = world.settings.model_copy(update={"digest": evening})
    due_at = sends_at(DAY, evening)
    world.clock.moves(due_at + timedelta(minutes=50) - world.clock())

    assert world.clock().astimezone(evening.zone).date() == DAY + timedelta(days=2)
    assert send(world)["sent"].value == 2


def test_a_backfill_sends_nothing_unless_asked(world: World) -> None:
    backfill = {"dagster/backfill": "abcdef"}

    assert "it is a backfill" in str(send(world, tags=backfill)["why"].value)
    assert world.mail_box.received == []

    assert is_sent(world, tags=backfill, send_past_editions=True)


def test_a_backfill_of_thirty_days_sends_nothing(world: World) -> None:
    job = world.definitions().resolve_job_def("digest_job").get_subset(asset_selection={dg.AssetKey("digest_mail")})
    with dg.DagsterInstance.ephemeral() as instance:
        for number in range(30):
            day = DAY - timedelta(days=number)
            result = job.execute_in_process(
                instance=instance, partition_key=day.isoformat(), tags={"dagster/backfill": "abcdef"}
            )
            assert result.success

    assert world.mail_box.received == []
    assert world.store.outbox.rows() == ()


def test_whom_it_does_not_reach_is_recorded_and_stops_nobody(world: World) -> None:
    world.mail_box.refuses(ADA)

    metadata = send(world)

    assert world.mail_box.received == [BOB]
    assert (metadata["sent"].value, metadata["skipped"].value) == (1, 1)
    assert metadata["skipped_by_reason"].value == {"failed": 1}


def test_the_ui_does_not_tell_who_gets_mail(world: World) -> None:
    world.mail_box.refuses(ADA)

    metadata = send(world)

    shown = " ".join(str(value.value) for value in metadata.values())
    assert not any(address in unescape(shown) for address in (ADA, BOB))
    assert "a***@example.org" in unescape(str(metadata["skipped_items"].value))
    assert "b***@example.org" in unescape(str(metadata["mails"].value))


def test_sending_to_one_forgets_nobody_whom_it_did_not_reach(world: World) -> None:
    world.mail_box.refuses(ADA)
    send(world)

    assert send(world, resend=True, only=[BOB])["sent"].value == 1

    assert [row["subject_id"] for row in world.store.skipped.of("mail", DAY)] == [ADA]


def test_what_was_sent_is_a_table(world: World) -> None:
    send(world)

    assert [row["recipient"] for row in world.store.warehouse.read("outbox", "")] == [ADA, BOB]


def test_without_a_digest_it_says_what_to_do(world: World) -> None:
    (failure,) = world.runs("digest_job", THE_DAY_AFTER, "digest_mail").failures

    assert f"no digest of {THE_DAY_AFTER} yet: materialize daily_digest" in failure
    assert world.mail_box.received == []


def test_a_digest_that_broke_a_rule_is_not_sent(world: World) -> None:
    rule = SUITES["digest_entries"].rules[0]
    broken = RuleResult(
        rule=rule, passed=False, rows=2, failed_rows=1, broken=(), observed="1 of 2 rows", severity="error"
    )
    record_results(world.store.warehouse, "digest_entries", DAY, [broken], now=world.clock())

    (failure,) = world.runs("digest_job", DAY, "digest_mail").failures

    assert rule.name in failure
    assert world.mail_box.received == []
