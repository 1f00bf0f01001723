"""Alerts: what is worth one, that it comes once, that it arrives, and that no secret is in it."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from pytest_httpserver import HTTPServer

from podcast_insights.delivery.senders import SmtpSender
from podcast_insights.delivery.values import OutboxRow, OutboxState
from podcast_insights.errors import DeliveryError
from podcast_insights.feeds.health import FeedHealth
from podcast_insights.operations.alert_channels import tell
from podcast_insights.operations.alerts import (
    TEXT_LENGTH,
    Alert,
    dying_feeds,
    failed_run,
    late_digest,
    stuck_mails,
    untold,
    without_secrets,
)
from podcast_insights.settings import AlertSettings, DeliverySettings, InsightSettings, Settings, SmtpSettings
from podcast_insights.settings.load import SECRET_KEYS
from podcast_insights_tests.delivery.fakes import MailServer, running_mail_server
from podcast_insights_tests.storage.examples import an_outbox_row

NOW = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)
ALERT = failed_run("digest_job", "2026-11-13", run_id="abc", reasons=["audio: no space left"])
FINE = FeedHealth(name="Show", status="active", last=None, problem=None, failures_in_a_row=0, next_poll_at=None)


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with running_mail_server() as server:
        yield server


def settings_for(server: MailServer, *recipients: str, webhook: str | None = None) -> Settings:
    smtp = SmtpSettings(host="127.0.0.1", port=server.port, security="none", timeout_s=5, password=SecretStr("hunter2"))
    return Settings(
        delivery=DeliverySettings(smtp=smtp, sender="Insights <digest@example.org>"),
        insights=InsightSettings(api_key=SecretStr("sk-planted")),
        alerts=AlertSettings(recipients=recipients, webhook_url=SecretStr(webhook) if webhook else None),
    )


def sender_of(settings: Settings) -> SmtpSender:
    assert settings.delivery.smtp is not None
    return SmtpSender(settings.delivery.smtp)


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({}, False),
        ({"status": "paused", "failures_in_a_row": 99}, False),
        ({"status": "never polled"}, False),
        ({"status": "failing", "failures_in_a_row": 5}, False),
        ({"status": "failing", "failures_in_a_row": 6}, True),
        ({"status": "held"}, True),
        ({"status": "gone"}, True),
    ],
)
def test_a_feed_is_told_of_when_it_will_not_come_back_by_itself(changes: dict[str, object], is_told: bool) -> None:
    assert bool(dying_feeds([dataclasses.replace(FINE, **changes)])) is is_told  # type: ignore[arg-type]


def test_a_feed_that_never_failed_before_is_not_said_to_have_failed() -> None:
    held = dataclasses.replace(FINE, status="held", problem="the feed gave new guids")
    failing = dataclasses.replace(FINE, status="failing", problem="it answered 500", failures_in_a_row=6)
    end = "'podcast-insights doctor --feeds' says how all feeds are doing."

    assert [alert.text for alert in dying_feeds([held, failing])] == [
        f"the feed gave new guids. {end}",
        f"it answered 500. It failed 6 times in a row. {end}",
    ]


def test_what_was_told_is_told_again_only_when_it_came_back() -> None:
    late = late_digest(date(2026, 11, 13), now=NOW)

    assert untold([late], ()) == (late,)
    assert untold([late_digest(date(2026, 11, 13), now=NOW.replace(hour=11))], {late.key}) == ()
    assert "podcast-insights digest 2026-11-13 --send" in late.text


def test_of_two_shows_of_one_name_each_is_told_of() -> None:
    first = dataclasses.replace(FINE, status="gone")
    (alert,) = dying_feeds([first, FINE])

    both = dying_feeds([first, first])

    assert untold(both, {alert.key}) == both[1:]


def mail(recipient: str, state: OutboxState, *, minutes_ago: int = 0) -> OutboxRow:
    at = NOW - timedelta(minutes=minutes_ago)
    answer = None if state == "sent" else f"of {state}"
    return an_outbox_row(recipient, state=state, planned_at=at, changed_at=at, answer=answer)


@pytest.mark.parametrize(
    ("row", "title"),
    [
        (mail("a@x.org", "sent", minutes_ago=600), None),
        (mail("a@x.org", "planned", minutes_ago=59), None),
        (mail("a@x.org", "planned", minutes_ago=60), "The digest of 2026-11-13 still waits for one recipient"),
        (mail("a@x.org", "sending", minutes_ago=59), None),
        (mail("a@x.org", "sending", minutes_ago=60), "The digest of 2026-11-13 may not have reached one recipient"),
        (mail("a@x.org", "failed"), "The digest of 2026-11-13 was refused by one recipient"),
    ],
)
def test_a_mail_that_got_stuck_is_told_of(row: OutboxRow, title: str | None) -> None:
    told = list(stuck_mails(date(2026, 11, 13), [row], now=NOW))

    assert [alert.title for alert in told] == ([title] if title else [])
    assert all(f"a@x.org: of {row.state}" in alert.text for alert in told)


def test_many_mails_that_got_stuck_are_one_alert_for_each_way() -> None:
    rows = [mail(f"r{n}@x.org", "failed") for n in range(12)] + [mail("s@x.org", "planned", minutes_ago=90)]

    refused, waiting = stuck_mails(date(2026, 11, 13), rows, now=NOW)

    assert refused.title.endswith("was refused by 12 recipients")
    assert "r9@x.org: of failed\n... and 2 more" in refused.text
    assert "podcast-insights mail 2026-11-13 --resend --to ADDRESS" in refused.text
    assert waiting.text.startswith("s@x.org: of planned")
    assert refused.key != waiting.key


def test_it_reaches_everybody_by_mail_and_webhook(mail_server: MailServer, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/T0/planted", method="POST").respond_with_data("ok")
    settings = settings_for(mail_server, "a@example.org", "b@example.org", webhook=httpserver.url_for("/T0/planted"))
    mail_server.received.clear()

    ways = tell(ALERT, settings, sender=sender_of(settings), now=NOW)

    assert len(ways) == 3
    assert "planted" not in " ".join(ways)
    assert sorted(mail.rcpt_tos[0] for mail in mail_server.received) == ["a@example.org", "b@example.org"]
    content = mail_server.received[0].content
    assert b"Subject: [Podcast Insights] digest_job for 2026-11-13 failed" in content
    assert b"audio: no space left" in content
    ((request, _),) = httpserver.log
    body = json.loads(request.get_data())
    assert (body["title"], body["body"]) == (ALERT.title, ALERT.text)
    assert body["text"].startswith(ALERT.title)


def test_one_way_that_fails_stops_no_other(mail_server: MailServer, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/T0/planted").respond_with_data("no such hook", status=404)
    settings = settings_for(mail_server, "a@example.org", webhook=httpserver.url_for("/T0/planted"))
    mail_server.received.clear()

    assert tell(ALERT, settings, sender=sender_of(settings), now=NOW) == ("mail to a@example.org",)
    assert len(mail_server.received) == 1


@pytest.mark.parametrize("status", [302, 404, 500, None])
def test_where_no_way_works_that_is_said_without_the_address(
    mail_server: MailServer, httpserver: HTTPServer, status: int | None
) -> None:
    httpserver.expect_request("/T0/planted").respond_with_data(
        "", status=status or 200, headers={"Location": "/elsewhere"}
    )
    url = httpserver.url_for("/T0/planted") if status else "http://127.0.0.1:9/T0/planted"
    settings = settings_for(mail_server, webhook=url)

    with pytest.raises(DeliveryError, match="reached nobody: webhook at ") as raised:
        tell(ALERT, settings, sender=sender_of(settings), now=NOW)

    assert "planted" not in str(raised.value)
    assert "/elsewhere" not in [request.path for request, _ in httpserver.log]


def test_nobody_wants_it_and_nobody_gets_it(mail_server: MailServer) -> None:
    settings = settings_for(mail_server)

    assert tell(ALERT, settings, sender=sender_of(settings), now=NOW) == ()
    assert not settings.alerts.anybody


@pytest.mark.parametrize("address", ["j\u00f6rg@example.org", "", "nobody", "x@[1"])
def test_an_address_that_no_mail_can_hold_keeps_the_alert_from_nobody_else(
    mail_server: MailServer, address: str
) -> None:
    mail_server.received.clear()
    settings = settings_for(mail_server, address, "ops@example.org")
    titled = settings.delivery.model_copy(update={"site_title": "Two\nlines"})
    settings = settings.model_copy(update={"delivery": titled})

    assert "mail to ops@example.org" in tell(ALERT, settings, sender=sender_of(settings), now=NOW)
    assert ["ops@example.org"] in [envelope.rcpt_tos for envelope in mail_server.received]

    alone = settings_for(mail_server, "j\u00f6rg@example.org")
    with pytest.raises(DeliveryError, match=r"alerts\.recipients"):
        tell(ALERT, alone, sender=sender_of(alone), now=NOW)


def test_every_key_that_can_be_set_is_hidden() -> None:
    secrets = {key: f"planted-{number}" for number, key in enumerate(SECRET_KEYS)}
    content: dict[str, Any] = {"delivery": {"smtp": {"host": "mail.example.org"}}}
    for key, secret in secrets.items():
        *sections, name = key.split(".")
        place = content
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = secret
    quoting = Alert(key="k", title="t", text=" ".join(secrets.values()))
    assert without_secrets(quoting, Settings(**content)).text == " ".join(["***"] * len(secrets))


def test_no_secret_of_the_settings_is_in_an_alert(mail_server: MailServer) -> None:
    settings = settings_for(mail_server, webhook="https://hooks.example.org/planted")
    settings._secret_urls["env:MY_FEED"] = "https://me:planted@example.org/feed"
    quoting = Alert(
        key="k",
        title="sk-planted\r\nBcc: x@example.org",
        text="hunter2 https://hooks.example.org/planted https://me:planted@example.org/feed" + "x" * 9999,
    )

    clean = without_secrets(quoting, settings)

    assert clean.title == "*** Bcc: x@example.org"
    assert clean.text.startswith("*** *** ***x")
    assert len(clean.text) == TEXT_LENGTH


def test_half_a_character_of_what_failed_keeps_no_alert_from_anybody(mail_server: MailServer) -> None:
    settings = settings_for(mail_server, "a@example.org")
    mail_server.received.clear()
    alert = failed_run("ingest_job", None, run_id="abc", reasons=["insights: the server said '\ud83d'"])

    assert tell(alert, settings, sender=sender_of(settings), now=NOW) == ("mail to a@example.org",)
    assert b"the server said '?'" in mail_server.received[0].content


def test_recipients_without_a_mail_server_are_a_mistake() -> None:
    with pytest.raises(ValidationError, match=r"set delivery\.smtp"):
        Settings(alerts=AlertSettings(recipients=("a@example.org",)))
