"""Raw rows of small tables, and what a reader and a query see of them, for the tests of the warehouse."""

from typing import Any

from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.examples import DAY

MONDAY, TUESDAY, WEDNESDAY = "date=2026-11-09", "date=2026-11-10", "date=2026-11-11"


def a_row(name: str = "one", **changes: Any) -> dict[str, Any]:
    row = {"insight_id": name, "related_insight_id": "other", "similarity_ratio": 0.5}
    return row | changes


def a_segment(index: int, text: str = "Heat pumps") -> dict[str, Any]:
    row = {"episode_id": "e", "index": index, "start_s": 0.0, "end_s": 1.0, "text": text, "speaker": None}
    return row | {"is_ad": False, "episode_date": DAY}


def names(warehouse: Warehouse, partition: str) -> list[str]:
    return [row["insight_id"] for row in warehouse.read("related_insights", partition)]


def queried(warehouse: Warehouse, **kwargs: Any) -> list[str]:
    with warehouse.connect(["related_insights"], **kwargs) as connection:
        found = connection.execute("SELECT insight_id FROM related_insights ORDER BY 1").fetchall()
    return [name for (name,) in found]
