"""The partitions: calendar days in the digest's time zone.

``end_offset=1`` makes today a partition, so that today's episodes are transcribed while the day runs. A digest depends
on the digest of the day before; everything else depends on the same day and reads earlier days from the warehouse,
because a window mapping would run the days that follow again.
"""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from podcast_insights.settings import DigestSettings

THE_DAY_BEFORE = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)


def daily_partitions(settings: DigestSettings) -> dg.DailyPartitionsDefinition:
    """Return the days from ``digest.start_date`` to today, in the digest's time zone."""
    return dg.DailyPartitionsDefinition(
        start_date=settings.start_date.isoformat(), timezone=settings.timezone, end_offset=1
    )


def by_day(assets: Iterable[dg.AssetsDefinition], days: dg.DailyPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return ``assets`` partitioned by ``days``.

    The partitions come from the settings, which are read when the definitions are built and not when the modules that
    hold the assets are imported; so the assets learn their partitions here.
    """
    return [asset.map_asset_specs(lambda spec: spec.replace_attributes(partitions_def=days)) for asset in assets]


def day_of_run(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> date:
    """Return the day that a run works on."""
    return date.fromisoformat(context.partition_key)
