"""The SQL models as assets: any of them alone, with what they read, and where each column comes from."""

from pathlib import Path

import dagster as dg
import pytest

from podcast_insights.bundled import bundled_path
from podcast_insights.defs.sql_models import build_sql_models
from podcast_insights.defs.tables import WRITTEN_BY_NO_ASSET, asset_of_table
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.sql_models import load_models
from podcast_insights_tests.defs.fakes import World
from podcast_insights_tests.defs.stored_days import a_world_with_a_good_day

MODELS = load_models(bundled_path("dbt_like_sql"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world_with_a_good_day(tmp_path)


def materialize(world: World, *names: str) -> dict[str, dg.AssetMaterialization]:
    assets = build_sql_models(MODELS)
    selection = dg.AssetSelection.assets(*names) if names else None
    result = dg.materialize([assets], selection=selection, resources={"store": world.store})
    events = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    return {event.asset_key.to_user_string(): event for event in events}


def test_one_model_runs_alone(world: World) -> None:
    assert materialize(world, "dim_shows").keys() == {"dim_shows"}


def test_all_models_run_in_one_step_and_report_the_same_things(world: World) -> None:
    made = materialize(world)

    assert made.keys() == MODELS.keys()
    for name, event in made.items():
        schema = event.metadata["dagster/column_schema"].value
        assert [column.name for column in schema.columns] == list(MODELS[name].column_names)
        assert all(column.description and column.type for column in schema.columns)
        assert {"dagster/row_count", "preview", "column_sources"} <= event.metadata.keys()
    assert made["dim_shows"].metadata["dagster/row_count"].value == 2


def test_the_lineage_of_a_column_leads_to_the_assets_that_wrote_it(world: World) -> None:
    event = materialize(world, "stg_digest_entries")["stg_digest_entries"]

    lineage = event.metadata["dagster/column_lineage"].value.deps_by_column

    assert lineage.keys() == set(MODELS["stg_digest_entries"].column_names)
    assert {dep.asset_key for deps in lineage.values() for dep in deps} == {dg.AssetKey("daily_digest")}
    assert "digest&#95;entries" in event.metadata["column_sources"].value


@pytest.mark.parametrize("name", MODELS)
def test_a_model_depends_on_what_its_sql_reads(definitions: dg.Definitions, name: str) -> None:
    parents = definitions.resolve_asset_graph().get(dg.AssetKey(name)).parent_keys

    read = [table for table in MODELS[name].depends_on if table not in WRITTEN_BY_NO_ASSET]
    assert parents == {dg.AssetKey(table) if table in MODELS else asset_of_table(table) for table in read}


@pytest.mark.parametrize("table", [table.name for table in TABLES if table.name not in WRITTEN_BY_NO_ASSET])
def test_every_table_is_written_by_an_asset(definitions: dg.Definitions, table: str) -> None:
    assert definitions.resolve_asset_graph().has(asset_of_table(table))
