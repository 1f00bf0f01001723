"""The asset graph is what its snapshot says, and every asset says what a person who looks at it must know."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from podcast_insights.bundled import bundled_path
from podcast_insights.defs.checks import check_name
from podcast_insights.defs.metadata import table_schema
from podcast_insights.quality.suites import SUITES
from podcast_insights.storage.sql_models import load_models
from podcast_insights_tests.defs.asset_graph import SNAPSHOT, as_text, asset_graph

MODELS = load_models(bundled_path("dbt_like_sql"))
SAME_DAY = "same day"
# Assets that are not a table of the warehouse: files for readers and for tools.
WITHOUT_TABLE = {"data_docs", "digest_site", "podcast_insights_duckdb"}


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> dict[str, Any]:
    return asset_graph(definitions)


@pytest.fixture(scope="module")
def nodes(definitions: dg.Definitions) -> dict[str, Any]:
    found = definitions.resolve_asset_graph()
    return {key.to_user_string(): found.get(key) for key in found.get_all_asset_keys()}


def test_the_graph_is_what_the_snapshot_says(graph: dict[str, Any]) -> None:
    expected = SNAPSHOT.read_text(encoding="utf-8")

    assert as_text(graph) == expected, "where it is meant: python -m podcast_insights_tests.defs.asset_graph"


def test_every_asset_has_a_description_an_owner_a_stage_and_kinds(nodes: dict[str, Any]) -> None:
    wanting = {
        name: node
        for name, node in nodes.items()
        if not (node.description and node.owners and node.kinds and node.group_name not in {None, "default"})
    }

    assert wanting == {}


def test_the_grain_of_every_table_is_said_first(nodes: dict[str, Any]) -> None:
    unsaid = {name for name, node in nodes.items() if not node.description.lstrip().startswith("One ")}

    assert unsaid == set()


def test_every_table_shows_its_columns(nodes: dict[str, Any], graph: dict[str, Any]) -> None:
    tables = {name for name, asset in graph["assets"].items() if asset["group"] not in {"staging", "marts"}}
    shown = {name: nodes[name].metadata.get("dagster/table_name") for name in tables - WITHOUT_TABLE}

    assert None not in shown.values()
    assert all(
        nodes[name].metadata["dagster/column_schema"] == table_schema(table)["dagster/column_schema"]
        for name, table in shown.items()
    )


def test_every_asset_leads_to_its_code(nodes: dict[str, Any]) -> None:
    for name, node in nodes.items():
        (place,) = node.metadata["dagster/code_references"].code_references
        line = Path(place.file_path).read_text(encoding="utf-8").splitlines()[place.line_number - 1]

        assert line.startswith("-- materialized:" if name in MODELS else ("@dg.asset", "    @dg.asset")), name
        assert place.file_path.endswith(f"/{name}.sql" if name in MODELS else ".py")


def test_a_digest_waits_for_the_day_before_and_everything_else_for_its_own_day(graph: dict[str, Any]) -> None:
    by_day = {name: asset for name, asset in graph["assets"].items() if asset["partitioned"]}
    edges = {
        (name, dep): mapping
        for name, asset in by_day.items()
        for dep, mapping in asset["deps"].items()
        if mapping != SAME_DAY
    }

    assert edges == {("daily_digest", "daily_digest"): "day -1 to -1"}


def test_every_rule_of_every_suite_is_in_a_check_with_its_reason(definitions: dg.Definitions) -> None:
    found = definitions.resolve_asset_graph()
    checks = {key.name: found.get(key) for key in found.asset_check_keys}
    of_suites = {check_name(rule.table, rule.severity) for suite in SUITES.values() for rule in suite.rules}

    for suite, rule in ((one, rule) for one in SUITES.values() for rule in one.rules):
        check = checks[check_name(rule.table, rule.severity)]
        assert f"* `{rule.name}`: {rule.reason}" in (check.description or "").splitlines()
        assert check.blocking == (rule.severity != "warning")
        assert (check.partitions_def is not None) == suite.is_by_day
    assert checks.keys() - of_suites == {test.name for model in MODELS.values() for test in model.tests}
    assert not any(check.blocking for name, check in checks.items() if name not in of_suites)


def test_every_job_schedule_and_sensor_is_described(definitions: dg.Definitions) -> None:
    named = [*(definitions.jobs or []), *(definitions.schedules or []), *(definitions.sensors or [])]

    assert [one.name for one in named if not one.description] == []
    assert len(named) == 8


def test_the_steps_run_in_one_process(definitions: dg.Definitions) -> None:
    assert definitions.executor is dg.in_process_executor
