"""The asset ``evaluation`` is made when a person asks, and by no job."""

from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from podcast_insights.storage.store import Store
from podcast_insights_tests.defs.fakes import a_world
from podcast_insights_tests.evaluation.test_stored import keep

KEY = dg.AssetKey("evaluation")


def test_it_shows_the_figures_as_a_table_a_picture_and_numbers_that_dagster_plots(tmp_path: Path) -> None:
    world = a_world(tmp_path, now=datetime(2026, 11, 12, 9, tzinfo=UTC))
    keep(world.store, "ep-1")
    keep(world.store, "today", date(2026, 11, 12))
    result = world.definitions().resolve_implicit_global_asset_job_def().execute_in_process(asset_selection=[KEY])

    (made,) = result.asset_materializations_for_node("evaluation")
    assert made.metadata["episodes"].value == 1
    assert made.metadata["stands_alone_ratio"].value == 1.0
    assert "| headlines that stand alone" in str(made.metadata["figures"].value)
    assert "data:image/svg+xml" in str(made.metadata["beside_baselines"].value)
    assert Store(str(tmp_path)).warehouse.read_all("evaluations")


@pytest.mark.parametrize("job", ["ingest_job", "digest_job", "publish_job"])
def test_no_job_makes_it(definitions: dg.Definitions, job: str) -> None:
    assert KEY not in definitions.resolve_job_def(job).asset_layer.executable_asset_keys
