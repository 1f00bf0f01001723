"""The asset graph as data, for the snapshot ``asset_graph.json``.

After a change that is meant, write the snapshot anew and read its diff::

    python -m podcast_insights_tests.defs.asset_graph
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import dagster as dg

from podcast_insights.definitions import build_definitions
from podcast_insights_tests.defs.fakes import settings_in

SNAPSHOT = Path(__file__).with_name("asset_graph.json")


def asset_graph(definitions: dg.Definitions) -> dict[str, Any]:
    """Return everything about the graph that another stage, a schedule or an operator relies on."""
    graph = definitions.resolve_asset_graph()
    return {
        "assets": {key.to_user_string(): _asset(graph, key) for key in sorted(graph.get_all_asset_keys())},
        "jobs": {name: _names(_job_keys(definitions, name)) for name in ("digest_job", "ingest_job", "publish_job")},
        "schedules": {
            schedule.name: {
                "cron": schedule.cron_schedule,
                "timezone": schedule.execution_timezone,
                "job": schedule.job_name,
                "status": schedule.default_status.value,
            }
            for schedule in definitions.schedules or []
            if isinstance(schedule, dg.ScheduleDefinition)
        },
        "sensors": {
            sensor.name: {
                "interval_s": sensor.minimum_interval_seconds,
                "job": sensor.job_name if sensor.targets else None,
                "status": sensor.default_status.value,
            }
            for sensor in definitions.sensors or []
        },
    }


def as_text(graph: dict[str, Any]) -> str:
    return json.dumps(graph, indent=1, sort_keys=True) + "\n"


def _asset(graph: Any, key: dg.AssetKey) -> dict[str, Any]:
    node = graph.get(key)
    mappings = {parent.to_user_string(): mapping for parent, mapping in node.partition_mappings.items()}
    return {
        "deps": {parent: _mapping(mappings.get(parent)) for parent in _names(node.parent_keys)},
        "group": node.group_name,
        "partitioned": node.is_partitioned,
        "kinds": sorted(node.kinds),
        "owners": sorted(node.owners),
        "pools": sorted(node.pools or ()),
        "is_expected_daily": node.freshness_policy is not None,
        "has_retry_policy": any(op.retry_policy is not None for op in node.assets_def.node_def.iterate_op_defs()),
        "checks": {check.name: _severity(graph.get(check)) for check in sorted(node.check_keys)},
    }


def _mapping(mapping: dg.PartitionMapping | None) -> str:
    if isinstance(mapping, dg.TimeWindowPartitionMapping):
        return f"day {mapping.start_offset:+d} to {mapping.end_offset:+d}"
    return "same day" if mapping is None else type(mapping).__name__


def _severity(check: Any) -> str:
    return "blocking" if check.blocking else "warning"


def _job_keys(definitions: dg.Definitions, name: str) -> Any:
    return definitions.resolve_job_def(name).asset_layer.selected_asset_keys


def _names(keys: Any) -> list[str]:
    return sorted(key.to_user_string() for key in keys)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        SNAPSHOT.write_text(as_text(asset_graph(build_definitions(settings_in(Path(folder))))), encoding="utf-8")
