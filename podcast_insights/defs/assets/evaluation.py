"""The stage ``evaluation``: how good the stored insights and digests are, beside baselines; made when a person asks."""

from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from podcast_insights.days import day_of
from podcast_insights.defs.assets.digest import daily_digest
from podcast_insights.defs.assets.insights import insights
from podcast_insights.defs.assets.transcripts import transcripts
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, picture, stage_metadata, table_schema
from podcast_insights.defs.resources import ClockResource, SettingsResource, StoreResource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast_insights.evaluation.values import Evaluation


class EvaluationConfig(dg.Config):
    """What is looked at."""

    days: int = Field(default=30, ge=1, le=3660, description="How many days up to yesterday.")
    episodes: int = Field(default=60, ge=1, description="How many episodes at most, drawn evenly.")


@dg.asset(
    group_name="quality",
    kinds={"scikitlearn", "parquet"},
    owners=OWNERS,
    deps=[transcripts, insights, daily_digest],
    retry_policy=RETRY_POLICY,
    metadata=table_schema("evaluations"),
)
def evaluation(
    config: EvaluationConfig, settings: SettingsResource, store: StoreResource, clock: ClockResource
) -> dg.MaterializeResult[None]:
    """One row per figure, method and evaluation: how good what was chosen is, by rules and beside baselines.

    Looks at the insights and digests of the last days. The baselines choose passages of the same transcripts at random,
    and by how central they are (TextRank); with a language model, the embedded extractor is one, too. No job makes it:
    materialize it after a change of model, prompt or settings, and compare. Nothing is asked or paid for.
    """
    from podcast_insights.evaluation.stored import evaluate_stored
    from podcast_insights.pictures.evaluation import evaluation as drawn

    now = clock()
    today = day_of(now, settings.digest.zone)
    with as_dagster_failure():
        found = evaluate_stored(
            store,
            first=today - timedelta(days=config.days),
            last=today - timedelta(days=1),
            most_episodes=config.episodes,
            evaluated_on=today,
            now=now,
        )
    shown = stage_metadata(
        len(found),
        episodes=max(one.episodes for one in found),
        figures=_listing(found),
        beside_baselines=picture(drawn(found)),
    )
    return dg.MaterializeResult(metadata=shown | _stored_ratios(found))


def _listing(found: "Sequence[Evaluation]") -> dg.MarkdownMetadataValue:
    from podcast_insights.evaluation.told import as_rows

    return markdown_table(as_rows(found))


def _stored_ratios(found: "Sequence[Evaluation]") -> dict[str, float]:
    """Return each ratio of what is stored by its name: Dagster plots numbers over all materializations."""
    from podcast_insights.evaluation.values import FIGURES, STORED

    ratios = {figure.name for figure in FIGURES if figure.is_ratio}
    return {
        f"{one.figure}_ratio": one.amount
        for one in found
        if one.method == STORED and one.figure in ratios and one.amount is not None
    }
