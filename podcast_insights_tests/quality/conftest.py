"""A good day is written once; each test gets a copy of it to spoil."""

import shutil
from pathlib import Path

import pytest

from podcast_insights.storage.store import Store
from podcast_insights_tests.quality.fakes import store_a_good_day


@pytest.fixture(scope="session")
def good_day_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good_day") / "base"
    store_a_good_day(Store(str(folder)))
    return folder


@pytest.fixture
def store(good_day_folder: Path, tmp_path: Path) -> Store:
    return Store(str(shutil.copytree(good_day_folder, tmp_path / "base")))
