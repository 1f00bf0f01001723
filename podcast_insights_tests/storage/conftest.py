"""Warehouses for the storage tests, on each kind of base URL."""

import pytest
from upath import UPath

from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.three_days import MONDAY, TUESDAY, WEDNESDAY, a_row


@pytest.fixture
def warehouse(base: UPath) -> Warehouse:
    return Warehouse(base)


@pytest.fixture
def three_days(warehouse: Warehouse) -> Warehouse:
    """A warehouse with one row on each of three days."""
    for partition, name in ((MONDAY, "mon"), (TUESDAY, "tue"), (WEDNESDAY, "wed")):
        warehouse.write("related_insights", partition, [a_row(name)])
    return warehouse
