"""When an asset should have been made: the UI shows what is late, and the digest's deadline is what late means.

One policy for everything that ``digest_job`` makes each morning and that somebody waits for: where the schedule is off,
or a check stops the day, these turn red. ``watch_sensor`` tells people of a late digest by mail; this is for who looks.
The daemon evaluates it (``freshness.enabled`` in dagster.yaml).
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import dagster as dg

from podcast_insights.operations.timetable import GRACE
from podcast_insights.settings import DigestSettings

# What people and programs receive, what the day begins with, and every asset that nothing else depends on.
EXPECTED_DAILY = frozenset(
    {
        "feeds",
        "episodes",
        "daily_digest",
        "digest_site",
        "digest_mail",
        "data_docs",
        "podcast_insights_duckdb",
    }
)
# The policy counts back from the deadline in real hours, and on the night on which clocks go back there is one more.
CLOCKS_GO_BACK = timedelta(hours=1)


def daily_freshness(settings: DigestSettings) -> dg.FreshnessPolicy:
    """Return that an asset is made each day between ``digest.send_at`` and the moment from which a digest is late."""
    may_take = timedelta(minutes=settings.wait_minutes) + GRACE
    deadline = datetime.combine(date.min, settings.send_at) + may_take
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"{deadline.minute} {deadline.hour} * * *",
        lower_bound_delta=may_take + CLOCKS_GO_BACK,
        timezone=settings.timezone,
    )


def with_freshness(assets: Iterable[dg.AssetsDefinition], settings: DigestSettings) -> list[dg.AssetsDefinition]:
    """Return ``assets``, those that are expected daily with their policy; it comes from the settings, as days do."""
    policy = daily_freshness(settings)
    return [
        asset.map_asset_specs(
            lambda spec: (
                spec.replace_attributes(freshness_policy=policy)
                if spec.key.to_user_string() in EXPECTED_DAILY
                else spec
            )
        )
        for asset in assets
    ]
