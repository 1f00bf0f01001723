"""The project's definitions as they are without any settings: built once for all tests that only look at them."""

from pathlib import Path

import dagster as dg
import pytest

from podcast_insights.definitions import build_definitions
from podcast_insights_tests.defs.fakes import settings_in


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    folder: Path = tmp_path_factory.mktemp("definitions")
    return build_definitions(settings_in(folder))
