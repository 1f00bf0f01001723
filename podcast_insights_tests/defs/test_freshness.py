"""What is expected each morning, and when Dagster itself calls it late."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import dagster as dg
import pytest
from dagster._core.definitions.freshness_evaluator import CronFreshnessPolicyEvaluator
from dagster._core.loader import LoadingContextForTest
from dagster._core.test_utils import freeze_time

from podcast_insights.defs.freshness import EXPECTED_DAILY, daily_freshness, with_freshness
from podcast_insights.settings import DigestSettings


def test_whatever_nothing_else_depends_on_is_expected_daily(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    leaves = {key.to_user_string() for key in graph.get_all_asset_keys() if not graph.get(key).child_keys}
    with_policy = {
        key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy is not None
    }

    assert leaves <= with_policy
    assert with_policy == EXPECTED_DAILY
    made = definitions.resolve_job_def("digest_job").asset_layer.selected_asset_keys
    assert with_policy <= {key.to_user_string() for key in made}, "what no schedule makes is not expected"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def state(instance: dg.DagsterInstance, digest: DigestSettings, *, made_at: datetime, now: datetime) -> str:
    """Return what Dagster's own evaluator says at ``now`` of a digest that was made at ``made_at``."""

    @dg.asset
    def daily_digest() -> None: ...

    (expected,) = with_freshness([daily_digest], digest)
    graph = dg.Definitions(assets=[expected]).resolve_asset_graph()
    with freeze_time(made_at):
        dg.materialize([expected], instance=instance)
    with freeze_time(now):
        evaluated = CronFreshnessPolicyEvaluator().evaluate_freshness(
            LoadingContextForTest(instance), graph.get(expected.key)
        )
        return asyncio.run(evaluated).value


@pytest.mark.parametrize(
    ("made_at", "looked_at", "expected"),
    [
        ("2026-11-14 05:35", "2026-11-14 07:55", "PASS"),
        ("2026-11-14 05:35", "2026-11-15 07:55", "PASS"),
        ("2026-11-14 05:35", "2026-11-15 08:05", "FAIL"),
        ("2026-11-14 12:00", "2026-11-15 08:05", "FAIL"),
        ("2026-11-15 08:04", "2026-11-15 08:05", "PASS"),
    ],
)
def test_a_digest_is_late_from_its_deadline_until_it_is_made(
    instance: dg.DagsterInstance, made_at: str, looked_at: str, expected: str
) -> None:
    digest = DigestSettings(timezone="Europe/Berlin", send_at=time(6, 30), wait_minutes=120)
    made, now = (datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (made_at, looked_at))

    assert state(instance, digest, made_at=made, now=now) == expected


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_nights_on_which_clocks_change_make_nothing_late(instance: dg.DagsterInstance, day: str) -> None:
    digest = DigestSettings(timezone="Europe/Berlin", send_at=time(1, 30), wait_minutes=120)
    due = datetime.fromisoformat(f"{day} 01:30").replace(tzinfo=digest.zone).astimezone(UTC)

    made_at, now = due + timedelta(minutes=1), due + timedelta(hours=6)
    assert state(instance, digest, made_at=made_at, now=now) == "PASS"


@pytest.mark.parametrize("wait_minutes", [0, 720])
@pytest.mark.parametrize("send_at", [time(0, 0), time(23, 59)])
def test_any_setting_makes_a_policy(send_at: time, wait_minutes: int) -> None:
    policy = daily_freshness(DigestSettings(send_at=send_at, wait_minutes=wait_minutes))

    assert isinstance(policy, dg.FreshnessPolicy)
