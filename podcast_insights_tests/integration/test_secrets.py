"""Secrets on one machine: what is planted in the settings stands in no table, page, mail, event or file afterwards.

Who is meant to get a secret gets it, and fails with it, because errors are where secrets are told: the model's server
sends its key back, the mail server refuses the password, a private feed gives no answer. The same is asked of a
deployment with its servers in ``services/test_deployment.py``.
"""

import base64
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
import yaml
from aiosmtpd.smtp import AuthResult, LoginPassword
from pytest_httpserver import HTTPServer

from podcast_insights.defs.runs import DayRun, Runner
from podcast_insights.settings import load_settings
from podcast_insights.storage.schemas import TABLES
from podcast_insights.storage.store import Store
from podcast_insights_tests.crash.a_day import DAY, NOW, publish_two_episodes
from podcast_insights_tests.delivery.fakes import running_mail_server
from podcast_insights_tests.insights.fakes import FakeModelServer
from podcast_insights_tests.integration.pipeline import DAY_ASSETS
from podcast_insights_tests.integration.podcast_server import PodcastServer

PLANTED = "planted-3fc1"
SECRETS = {
    "OPENAI_API_KEY": f"{PLANTED}-llm",
    "PODCAST_INSIGHTS_TRANSCRIPTION__API_KEY": f"{PLANTED}-speech",
    "PODCAST_INSIGHTS_DELIVERY__SMTP__PASSWORD": f"{PLANTED}-smtp",
    "PODCAST_INSIGHTS_ALERTS__WEBHOOK_URL": f"http://127.0.0.1:9/{PLANTED}-webhook",
}
ASSETS = ("feeds", *DAY_ASSETS, "digest_site", "digest_mail")


@dataclass
class Told:
    """The run, and what the servers of model, mail and feed were sent as their key, password and login."""

    run: DayRun | None = None
    model: list[str] = field(default_factory=list)
    mail: list[bytes] = field(default_factory=list)
    feed: set[str] = field(default_factory=set)

    def refuse(self, _: object, __: object, ___: object, ____: object, login: LoginPassword) -> AuthResult:
        """Refuse a login at the mail server, and keep its password."""
        self.mail.append(login.password)
        return AuthResult(success=False, handled=False)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> Told:
    """A day with a private feed that answers and one that does not, a model and a mail server of no use."""
    model = FakeModelServer(httpserver).sends_the_key_back().talks_rubbish()
    told = Told(model=model.authorizations)
    with (
        PodcastServer().running() as web,
        running_mail_server(authenticator=told.refuse, auth_require_tls=False) as mail,
    ):
        told.feed = web.authorizations
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
                "smtp": {"host": "127.0.0.1", "port": mail.port, "security": "none", "username": "me"},
            },
        }
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        monkeypatch.setenv("PODCAST_INSIGHTS_CONFIG", str(path))
        home = tmp_path / "home"
        home.mkdir()
        clock = dg.ResourceDefinition.hardcoded_resource(lambda: NOW)
        with closing(Runner(load_settings(), home=home, resources={"clock": clock})) as runner:
            told.run = runner.run("digest_job", DAY, assets=ASSETS)
    return told


def test_no_secret_is_told_on_one_machine(told: Told, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert set(told.model) == {f"Bearer {PLANTED}-llm"}
    assert set(told.mail) == {f"{PLANTED}-smtp".encode()}
    assert f"Basic {base64.b64encode(f'me:{PLANTED}-login'.encode()).decode()}" in told.feed
    assert told.run is not None
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
    assert b"no such thing for Bearer ..." in tables["skipped"], "what the model's server said, without its key"
    assert any("the password" in line for line in told.run.failures)
    assert any(name.startswith("home/history") and b"ASSET_MATERIALIZATION" in told for name, told in files.items())
    assert any(name.endswith("index.html") for name in files)
    places = [name for name, told in {**tables, **files}.items() if PLANTED.encode() in told]
    assert (places, [line for line in told.run.failures if PLANTED in line]) == ([], [])
    assert PLANTED not in caplog.text
