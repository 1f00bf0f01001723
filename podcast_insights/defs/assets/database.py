"""The DuckDB file: a copy of everything for those who look, rebuilt after the digest and replaced whole."""

import dagster as dg

from podcast_insights.bundled import bundled_path
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, stage_metadata
from podcast_insights.defs.resources import StoreResource


def build_duckdb_asset(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the asset, downstream of the SQL models it holds."""

    @dg.asset(
        name="podcast_insights_duckdb",
        group_name="marts",
        kinds={"duckdb"},
        owners=OWNERS,
        deps=marts,
        retry_policy=RETRY_POLICY,
    )
    def podcast_insights_duckdb(store: StoreResource) -> dg.MaterializeResult[None]:
        """One DuckDB file with every table, model and comment: what notebooks, BI tools and the duckdb shell open.

        Rebuilt beside and replaced atomically: who has the old file open keeps reading it, and looking blocks no run.
        """
        from podcast_insights.storage.duckdb_file import build_duckdb_file
        from podcast_insights.storage.sql_models import load_models

        with as_dagster_failure():
            models = load_models(bundled_path("dbt_like_sql"))
            file = build_duckdb_file(store.warehouse, models, store.duckdb_file)
        listing = [{"name": one.name, "kind": one.kind, "rows": one.rows} for one in file.tables]
        return dg.MaterializeResult(
            metadata=stage_metadata(
                len(file.tables),
                path=dg.MetadataValue.path(str(file.path)),
                size_bytes=file.size_bytes,
                tables=markdown_table(listing, limit=100),
            )
        )

    return podcast_insights_duckdb
