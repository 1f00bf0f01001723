"""Writes the asset graph in ``docs/architecture.md`` from the code: groups, assets and what depends on what.

Run it from the root of the repository after a change to the assets: ``python docs/generate_asset_graph.py``. A test
fails where the page and the graph differ. The views over single tables are one box, and their arrows, like those of the
DuckDB file, which holds them and all marts, go from group to group: drawn one by one they would hide the others.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from podcast_insights.definitions import build_definitions
from podcast_insights.settings import Settings

PAGE = Path(__file__).with_name("architecture.md")
STAGING, MARTS = "staging", "marts"
DUCKDB_FILE = "podcast_insights_duckdb"
THE_DAY_BEFORE = "-- the day before -->"

_DIAGRAM = re.compile(r"```mermaid\n.*?```\n", re.DOTALL)


def page(text: str) -> str:
    """Return the page with its diagram drawn anew."""
    return _DIAGRAM.sub(lambda _: diagram(), text, count=1)


def diagram() -> str:
    """Return the asset graph as a Mermaid block."""
    lines = ["flowchart LR", *_groups(), *_arrows()]
    return "\n".join(["```mermaid", lines[0], *(f"  {line}" for line in lines[1:]), "```", ""])


def _groups() -> Iterator[str]:
    for group, assets in _assets_by_group().items():
        if group == STAGING:
            yield f'{STAGING}["{len(assets)} views stg_*"]'
            continue
        yield f"subgraph {group}_group[{group}]"
        yield "  direction LR"
        yield from (f"  {asset}" for asset in assets if asset != DUCKDB_FILE)
        yield "end"
    yield DUCKDB_FILE


def _arrows() -> Iterator[str]:
    """Yield an arrow for every dependency, and one for each group that the views are made of."""
    group_of = {asset: group for group, assets in _assets_by_group().items() for asset in assets}
    viewed: dict[str, None] = {}
    for asset, parents in _parents().items():
        for parent in parents:
            if asset == DUCKDB_FILE or group_of[parent] == STAGING:
                continue
            if group_of[asset] == STAGING:
                viewed[f"{group_of[parent]}_group"] = None
            else:
                yield f"{parent} {THE_DAY_BEFORE if parent == asset else '-->'} {asset}"
    yield f"{' & '.join(viewed)} --> {STAGING} --> {MARTS}_group"
    yield f"{STAGING} & {MARTS}_group --> {DUCKDB_FILE}"


def _assets_by_group() -> dict[str, list[str]]:
    """Return the names of the assets of each group, in the order of the pipeline."""
    graph = build_definitions(Settings()).resolve_asset_graph()
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key in graph.toposorted_asset_keys:
        groups[graph.get(key).group_name].append(key.to_user_string())
    return dict(groups)


def _parents() -> dict[str, list[str]]:
    graph = build_definitions(Settings()).resolve_asset_graph()
    return {
        key.to_user_string(): sorted(parent.to_user_string() for parent in graph.get(key).parent_keys)
        for key in graph.toposorted_asset_keys
    }


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
