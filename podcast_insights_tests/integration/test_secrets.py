"""Secrets on one machine: what is planted in the settings stands in no table, page, mail, event or file afterwards.

A private feed and the mail server fail with theirs, because errors are where secrets are told. The same is asked of a
deployment with its servers in ``services/test_deployment.py``.
"""

from contextlib import closing
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
import yaml
from pytest_httpserver import HTTPServer

from podcast_insights.defs.runs import DayRun, Runner
from podcast_insights.settings import load_settings
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.store import Store
from podcast_insights_tests.crash.a_day import DAY, NOW, publish_two_episodes
from podcast_insights_tests.insights.fakes import FakeModelServer
from podcast_insights_tests.integration.podcast_server import PodcastServer
from podcast_insights_tests.integration.test_bad_input import closed_port

PLANTED = "planted-3fc1"
SECRETS = {
    "OPENAI_API_KEY": f"{PLANTED}-llm",
    "PODCAST_INSIGHTS_TRANSCRIPTION__API_KEY": f"{PLANTED}-speech",
    "PODCAST_INSIGHTS_DELIVERY__SMTP__PASSWORD": f"{PLANTED}-smtp",
    "PODCAST_INSIGHTS_ALERTS__WEBHOOK_URL": f"http://127.0.0.1:9/{PLANTED}-webhook",
}
ASSETS = ("feeds", "episodes", "publisher_transcripts", "transcripts", "insights", "daily_digest", "digest_site")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> DayRun:
    """A day with a private feed that answers, one that does not, a model of no use and a mail server that is away."""
    model = FakeModelServer(httpserver).talks_rubbish()
    with PodcastServer().running() as web:
        feed = publish_two_episodes(web)
        login = f"http://me:{PLANTED}-login@"
        private = {"PRIVATE_FEED": feed.replace("http://", login), "DEAD_FEED": f"{login}127.0.0.1:9/{PLANTED}.xml"}
        for name, value in {**SECRETS, **private}.items():
            monkeypatch.setenv(name, value)
        path = tmp_path / "podcasts.yaml"
        settings = {
            "shows": [{"url": "env:PRIVATE_FEED", "name": "Private"}, {"url": "env:DEAD_FEED", "name": "Dead"}],
            "feeds": {"allow_hosts": ["127.0.0.1"]},
            "digest": {"start_date": DAY.isoformat()},
            "insights": {"extractor": "llm", "model": "parrot-1", "base_url": model.base_url},
            "delivery": {
                "recipients": [{"address": "ada@example.org"}],
                "sender": "digest@example.org",
                "smtp": {"host": "127.0.0.1", "port": closed_port(), "security": "none", "username": "me"},
            },
        }
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        monkeypatch.setenv("PODCAST_INSIGHTS_CONFIG", str(path))
        home = tmp_path / "home"
        home.mkdir()
        clock = dg.ResourceDefinition.hardcoded_resource(lambda: NOW)
        with closing(Runner(load_settings(), home=home, resources={"clock": clock})) as runner:
            return runner.run("digest_job", DAY, assets=(*ASSETS, "digest_mail"))


def test_no_secret_is_told_on_one_machine(run: DayRun, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(str(tmp_path / "data"))
    with store.warehouse.connect([table.name for table in TABLES]) as connection:
        tables = {one.name: repr(connection.execute(f'FROM "{one.name}"').fetchall()).encode() for one in TABLES}
    files = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.suffix != ".parquet"
    }

    assert store.digests.days() == (date(2026, 11, 9),)
    assert b"Private" in tables["shows"]
    assert b"'failing'" in tables["skipped"]
    assert any(name.startswith("home/history") and b"ASSET_MATERIALIZATION" in told for name, told in files.items())
    assert any(name.endswith("index.html") for name in files)
    places = [name for name, told in {**tables, **files}.items() if PLANTED.encode() in told]
    assert (places, [line for line in run.failures if PLANTED in line]) == ([], [])
    assert PLANTED not in caplog.text
