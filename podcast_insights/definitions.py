"""The code location: assembles assets, checks, jobs, the schedule, the sensor and resources; implements nothing.

``defs`` is evaluated by Dagster when the location loads, not at import. ``build_definitions`` is the one seam for tests
and other deployments: other settings, or other resources by name.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from podcast_insights.bundled import bundled_path
from podcast_insights.defs import jobs
from podcast_insights.defs.alert_sensors import failed_run_sensor, watch_sensor
from podcast_insights.defs.assets.audio import audio
from podcast_insights.defs.assets.data_docs import data_docs
from podcast_insights.defs.assets.database import build_duckdb_asset
from podcast_insights.defs.assets.delivery import digest_mail, digest_site
from podcast_insights.defs.assets.digest import daily_digest, related_insights
from podcast_insights.defs.assets.episodes import chapters, episodes, publisher_transcripts
from podcast_insights.defs.assets.evaluation import evaluation
from podcast_insights.defs.assets.feeds import feeds
from podcast_insights.defs.assets.insights import insights
from podcast_insights.defs.assets.transcripts import transcripts
from podcast_insights.defs.assets.vectors import insight_vectors
from podcast_insights.defs.checks import build_checks
from podcast_insights.defs.code_links import with_code_links
from podcast_insights.defs.freshness import with_freshness
from podcast_insights.defs.mail_sensor import unsent_mail_sensor
from podcast_insights.defs.model_checks import build_model_checks
from podcast_insights.defs.partitions import by_day, daily_partitions
from podcast_insights.defs.resources import build_resources
from podcast_insights.defs.schedules import build_digest_schedule
from podcast_insights.defs.sensors import new_episodes_sensor
from podcast_insights.defs.sql_models import build_sql_models
from podcast_insights.settings import Settings, load_settings
from podcast_insights.storage.sql_models import load_models

BY_DAY = (
    episodes,
    chapters,
    publisher_transcripts,
    audio,
    transcripts,
    insights,
    insight_vectors,
    daily_digest,
    digest_mail,
    data_docs,
)
WITHOUT_DAYS = (feeds, related_insights, digest_site, evaluation)


def build_definitions(
    settings: Settings | None = None,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """Return the definitions.

    Args:
        settings: What to use instead of ``podcasts.yaml`` and the environment.
        resources: Resources to use instead of those made from the settings, by name.
        loggers: Loggers to use instead of Dagster's own, by name.

    Raises:
        SettingsError: The settings have mistakes, or a SQL model has.
    """
    settings = settings or load_settings()
    days = daily_partitions(settings.digest)
    models = load_models(bundled_path("dbt_like_sql"))
    assets = [
        *WITHOUT_DAYS,
        *by_day(BY_DAY, days),
        build_sql_models(models),
        build_duckdb_asset([dg.AssetKey(name) for name in models]),
    ]
    return dg.Definitions(
        assets=with_code_links(with_freshness(assets, settings.digest), models),
        asset_checks=[*build_checks(days), build_model_checks(models)],
        jobs=[jobs.ingest_job, jobs.digest_job, jobs.publish_job],
        schedules=[build_digest_schedule(settings.digest)],
        sensors=[new_episodes_sensor, unsent_mail_sensor, watch_sensor, failed_run_sensor],
        resources={**build_resources(settings), **(resources or {})},
        executor=dg.in_process_executor,
        loggers=loggers,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions that ``podcasts.yaml`` and the environment describe."""
    return build_definitions()
