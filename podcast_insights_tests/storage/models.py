"""A SQL model run by itself, as the asset runs all of them."""

from collections.abc import Mapping

from podcast_insights.storage.model_runs import ModelRun, run_models
from podcast_insights.storage.sql_models import SqlModel
from podcast_insights.storage.warehouse import Warehouse


def run_model(warehouse: Warehouse, model: SqlModel, models: Mapping[str, SqlModel]) -> ModelRun:
    ((_, run),) = run_models(warehouse, [model.name], models)
    return run
