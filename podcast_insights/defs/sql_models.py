"""The SQL models as assets: one asset for each file of ``dbt_like_sql/``, dependencies and lineage read from its SQL.

They run in one step, because each takes a fraction of a second; any of them can be materialized alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from podcast_insights.defs.failures import as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, picture
from podcast_insights.defs.resources import StoreResource
from podcast_insights.defs.tables import WRITTEN_BY_NO_ASSET, asset_of_table
from podcast_insights.storage.sql_models import SqlModel

if TYPE_CHECKING:
    from podcast_insights.storage.model_runs import ModelRun


def build_sql_models(models: Mapping[str, SqlModel]) -> dg.AssetsDefinition:
    """Return the models as one multi-asset of which any part can run."""

    @dg.multi_asset(name="sql_models", specs=[_spec(model, models) for model in models.values()], can_subset=True)
    def sql_models(context: dg.AssetExecutionContext, store: StoreResource) -> Iterator[dg.MaterializeResult[None]]:
        from podcast_insights.pictures.marts import MOST_ROWS, PICTURES
        from podcast_insights.storage.model_runs import first_rows, run_models

        selected = {key.to_user_string() for key in context.selected_asset_keys}
        runs = run_models(store.warehouse, selected, models)
        while True:
            with as_dagster_failure():
                name, run = next(runs, (None, None))
                if name is None or run is None:
                    return
                draw = PICTURES.get(name)
                rows = first_rows(store.warehouse, models[name], MOST_ROWS) if draw else []
                drawn = {"picture": picture(draw(rows))} if draw else {}
            yield dg.MaterializeResult(asset_key=name, metadata=_metadata(models[name], run, models) | drawn)

    return sql_models


def _spec(model: SqlModel, models: Mapping[str, SqlModel]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=model.name,
        deps=_upstream(model, models),
        description=f"{model.description}\n\n```sql\n{model.sql.strip()}\n```",
        group_name="staging" if model.path.parent.name == "staging" else "marts",
        kinds={"duckdb", "sql", model.materialized},
        owners=OWNERS,
    )


def _upstream(model: SqlModel, models: Mapping[str, SqlModel]) -> list[dg.AssetKey]:
    keys = [dg.AssetKey(name) if name in models else asset_of_table(name) for name in _read_by(model)]
    return sorted(set(keys), key=lambda key: key.to_user_string())


def _read_by(model: SqlModel) -> Sequence[str]:
    return [name for name in model.depends_on if name not in WRITTEN_BY_NO_ASSET]


def _metadata(model: SqlModel, run: "ModelRun", models: Mapping[str, SqlModel]) -> dict[str, Any]:
    from podcast_insights.storage.sql_lineage import column_lineage

    described = {column.name: column.description for column in model.columns}
    columns = [dg.TableColumn(name=name, type=kind, description=described[name]) for name, kind in run.columns]
    lineage = column_lineage(model, models)
    by_asset = {
        column: [
            dg.TableColumnDep(asset_key=_asset_key(table, models), column_name=source)
            for table, source in sources
            if table not in WRITTEN_BY_NO_ASSET
        ]
        for column, sources in lineage.items()
    }
    listed = [
        {"column": column, "from": ", ".join(f"{table}.{source}" for table, source in sources)}
        for column, sources in lineage.items()
    ]
    return {
        "dagster/row_count": run.rows,
        "dagster/column_schema": dg.TableSchema(columns=columns),
        "dagster/column_lineage": dg.TableColumnLineage(by_asset),
        "column_sources": markdown_table(listed, limit=100),
        "preview": markdown_table(run.preview),
    }


def _asset_key(name: str, models: Mapping[str, SqlModel]) -> dg.AssetKey:
    return dg.AssetKey(name) if name in models else asset_of_table(name)
