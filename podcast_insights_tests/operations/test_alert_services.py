"""Alerts through the real Apprise, to a server on loopback: they arrive, and no address is told."""

import json
import logging
import sys
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from podcast_insights.errors import DeliveryError
from podcast_insights.operations.alert_channels import tell
from podcast_insights.operations.alerts import Alert, without_secrets
from podcast_insights.settings import AlertSettings, Settings
from podcast_insights_tests.defs.fakes import MailBox

NOW = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)
ALERT = Alert(key="k", title="The digest of 2026-11-13 is late", text="Look at <b>digest_job</b>, *now*.")


def settings_for(*urls: str, recipients: tuple[str, ...] = ()) -> Settings:
    alerts = AlertSettings(apprise_urls=SecretStr(" \n".join(urls)), recipients=recipients)
    return Settings.model_construct().model_copy(update={"alerts": alerts})


def address_of(server: HTTPServer, path: str) -> str:
    return f"json://{urlsplit(server.url_for('/')).netloc}{path}"


def send(settings: Settings) -> tuple[str, ...]:
    return tell(ALERT, settings, sender=MailBox(), now=NOW)


def test_it_reaches_every_address_as_text(httpserver: HTTPServer) -> None:
    for path in ("/planted1", "/planted2"):
        httpserver.expect_request(path, method="POST").respond_with_data("ok")
    settings = settings_for(address_of(httpserver, "/planted1"), address_of(httpserver, "/planted2"))

    assert settings.alerts.anybody
    assert send(settings) == ("address 1 (json)", "address 2 (json)")
    bodies = [json.loads(request.get_data()) for request, _ in httpserver.log]
    assert [(body["title"], body["message"], body["type"]) for body in bodies] == [
        (ALERT.title, ALERT.text, "warning")
    ] * 2


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("json://127.0.0.1:9/planted", None, "address 1 (json) of alerts.apprise_urls did not take it"),
        (None, 500, "address 1 (json) of alerts.apprise_urls did not take it"),
        (None, 302, "address 1 (json) of alerts.apprise_urls did not take it"),
        ("nothing://planted", None, "Apprise does not know address 1 (nothing)"),
        ("planted-without-a-scheme", None, "Apprise does not know address 1 of"),
        ("slack://planted", None, "Apprise does not know address 1 (slack)"),
    ],
)
def test_what_fails_is_told_without_the_address(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture, url: str | None, status: int | None, said: str
) -> None:
    httpserver.expect_request("/planted").respond_with_data("", status=status or 200, headers={"Location": "/else"})
    caplog.set_level(logging.INFO)

    with pytest.raises(DeliveryError, match="reached nobody") as raised:
        send(settings_for(url or address_of(httpserver, "/planted")))

    assert said in str(raised.value)
    logged = [record.getMessage() for record in caplog.records if record.name != "werkzeug"]
    assert "planted" not in f"{raised.value} {logged}", "the server of the test logs its own requests"
    assert "/else" not in [request.path for request, _ in httpserver.log]


def test_one_address_that_fails_stops_nobody_else(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/planted").respond_with_data("ok")
    urls = ("json://127.0.0.1:9/planted", address_of(httpserver, "/planted"))

    assert send(settings_for(*urls, recipients=("a@example.org",))) == ("mail to a@example.org", "address 2 (json)")


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    with pytest.raises(DeliveryError, match=r"pip install 'podcast-insights\[apprise\]'"):
        send(settings_for("json://127.0.0.1:9/planted"))


def test_an_alert_that_quotes_an_address_hides_it() -> None:
    url = "discord://planted/token"
    quoting = Alert(key="k", title=f"no {url}", text=f"<{url}>")

    clean = without_secrets(quoting, settings_for("json://127.0.0.1:9/planted", url))

    assert (clean.title, clean.text) == ("no ***", "<***>")
