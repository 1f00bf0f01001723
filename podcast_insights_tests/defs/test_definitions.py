"""Loading the code location: without settings, with wrong ones, and without the libraries that only runs need."""

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from podcast_insights.definitions import build_definitions
from podcast_insights.defs.runs import Runner
from podcast_insights.errors import SettingsError
from podcast_insights.settings import load_settings
from podcast_insights_tests.defs.fakes import FakeWeb, settings_in

ONLY_FOR_RUNS = {
    "apprise",
    "av",
    "css_inline",
    "duckdb",
    "feedparser",
    "great_expectations",
    "jinja2",
    "matplotlib",
    "numpy",
    "openai",
    "pandas",
    "pyarrow",
    "requests",
    "scipy",
    "sklearn",
    "torch",
    "whisper",
}
LOAD = """
import json, sys
import podcast_insights.definitions
podcast_insights.definitions.build_definitions().get_repository_def()
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def load_in_new_process(folder: Path) -> subprocess.CompletedProcess[str]:
    """Load the location as Dagster does, from a folder in which settings may lie."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PODCAST_INSIGHTS_")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", LOAD],
        env=environment | {"PODCAST_INSIGHTS_CONFIG": str(folder / "podcasts.yaml")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_loads_without_settings_and_without_what_only_runs_need(tmp_path: Path) -> None:
    done = load_in_new_process(tmp_path)

    assert done.returncode == 0, done.stderr
    assert ONLY_FOR_RUNS.isdisjoint(json.loads(done.stdout))
    assert list(tmp_path.iterdir()) == [], "loading writes nothing"


def test_wrong_settings_say_every_mistake_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "podcasts.yaml"
    path.write_text("shows:\n  - url: ftp://example.org/feed\ndigest:\n  top_m: 3\n  timezone: Europe/Berlim\n")
    monkeypatch.setenv("PODCAST_INSIGHTS_CONFIG", str(path))

    with pytest.raises(SettingsError) as raised:
        build_definitions()

    message = str(raised.value)
    assert str(path) in message
    for part in ("shows.0.url", "http://", "digest.top_m", "did you mean top_n?", "digest.timezone", "Europe/Berlin"):
        assert part in message


def test_feeds_without_shows_says_how_to_get_the_first_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODCAST_INSIGHTS_CONFIG", str(tmp_path / "podcasts.yaml"))

    with closing(Runner(load_settings(), home=None)) as runner:
        run = runner.run("digest_job", date(2026, 11, 13), assets=["feeds"])

    assert not run.is_success
    (failure,) = run.failures
    assert failure.startswith("feeds: ")
    assert "podcast-insights add" in failure
    assert "podcasts.example.yaml" in failure


def test_resources_are_replaced_by_name(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    web = FakeWeb()

    usual = build_definitions(settings).resources or {}
    replaced = build_definitions(settings, {"web": web}).resources or {}

    assert replaced["web"] is web
    assert usual.keys() == replaced.keys()
    assert isinstance(replaced["sender"], dg.ResourceDefinition)


def test_every_asset_finds_its_resources(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)
    needed = {
        key for asset in definitions.assets or [] if isinstance(asset, dg.AssetsDefinition)
        for key in asset.required_resource_keys
    }  # fmt: skip

    assert needed - {"io_manager"} == set(definitions.resources or {})


def test_the_repository_holds_every_job_schedule_and_sensor(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()

    assert {job.name for job in repository.get_all_jobs()} >= {"digest_job", "ingest_job", "publish_job"}
    assert [schedule.name for schedule in repository.schedule_defs] == ["daily_digest_schedule"]
    sensors = {sensor.name for sensor in repository.sensor_defs}
    assert sensors == {"new_episodes_sensor", "unsent_mail_sensor", "watch_sensor", "failed_run_sensor"}
