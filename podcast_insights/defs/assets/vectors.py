"""The stage ``insight_vectors``: what an embeddings model makes of the day's insights, where one is set."""

from contextlib import closing

import dagster as dg

from podcast_insights.defs.assets.insights import insights
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, stage_metadata, table_schema
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import ClockResource, EmbeddersResource, SettingsResource, StoreResource


@dg.asset(
    group_name="insights",
    kinds={"openai", "parquet"},
    owners=OWNERS,
    deps=[insights],
    pool="llm",
    retry_policy=RETRY_POLICY,
    metadata=table_schema("insight_vectors"),
)
def insight_vectors(
    context: dg.AssetExecutionContext,
    settings: SettingsResource,
    store: StoreResource,
    embedders: EmbeddersResource,
    clock: ClockResource,
) -> dg.MaterializeResult[None]:
    """One row per insight, embeddings model and text (`insight_id`, `model`, `text_fingerprint`): its vector.

    Only where `related.embeddings.model` is set. A second run asks and pays for nothing again. What gets no vector is
    compared by its words alone, and its episode is recorded with the reason; nothing stops for it.
    """
    from podcast_insights.operations.vectors import fill_vectors, record_missing

    day = day_of_run(context)
    with as_dagster_failure():
        embedder = embedders(store.llm_calls.of_day(day))
        if embedder is None:
            record_missing(store, day, (), now=clock())
            return dg.MaterializeResult(metadata=stage_metadata(0, why="No related.embeddings.model is set."))
        with closing(embedder):
            filled = fill_vectors(store, day, embedder, batch_size=settings.related.embeddings.batch_size, now=clock())
    return dg.MaterializeResult(
        metadata=stage_metadata(
            filled.vectors,
            filled.skipped,
            made=filled.made,
            llm_calls=len(filled.calls),
            llm_cost_usd=sum(call.cost_usd or 0.0 for call in filled.calls),
        )
    )
