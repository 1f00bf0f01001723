"""``podcast-insights mail``: previews, tests, and sending what is stored."""

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk
from podcast_insights_tests.delivery.fakes import running_mail_server
from podcast_insights_tests.digest.fakes import DAY, a_candidate, a_digest

PEOPLE = """
  recipients:
    - {address: ada@example.org, name: Ada}
    - {address: bob@example.org, mute: [bread]}
"""


@pytest.fixture
def stored(desk: Desk) -> Desk:
    desk.writes(f"delivery:{PEOPLE}")
    store = Store(str(desk.path.parent / "data"))
    store.digests.replace(a_digest(a_candidate("a"), a_candidate("b", topics=("bread",))))
    return desk


def text_of(path: Path) -> str:
    return " ".join(path.read_text(encoding="utf-8").split())


def test_a_preview_writes_each_recipient_s_mail_and_sends_nothing(stored: Desk, tmp_path: Path) -> None:
    result = stored.runs("mail", "--preview", str(tmp_path / "look"))

    assert result.exit_code == 0, result.output
    files = sorted(path.name for path in (tmp_path / "look").iterdir())
    assert files == [f"{DAY}-{number}.{kind}" for number in (1, 2) for kind in ("html", "txt")]
    assert "Claim b" in text_of(tmp_path / "look" / f"{DAY}-1.txt")
    assert "Claim b" not in text_of(tmp_path / "look" / f"{DAY}-2.txt")
    assert "<h1" in text_of(tmp_path / "look" / f"{DAY}-1.html")
    assert not (tmp_path / "data" / "mail").exists()
    assert not (tmp_path / "data" / "outbox").exists()


def test_a_preview_is_of_those_who_are_asked_for(stored: Desk, tmp_path: Path) -> None:
    result = stored.runs("mail", "--preview", str(tmp_path / "look"), "--to", "bob@example.org")

    assert "bob@example.org" in result.output
    assert sorted(path.name for path in (tmp_path / "look").iterdir()) == [f"{DAY}-1.html", f"{DAY}-1.txt"]
    refused = stored.fails("mail", "--preview", str(tmp_path / "look"), "--to", "eve@example.org")
    assert "eve@example.org is not in delivery.recipients" in refused


def test_a_preview_shows_what_was_said_for_each(stored: Desk, tmp_path: Path) -> None:
    assert stored.runs("follow", "bread", "--for", "ada@example.org").exit_code == 0
    stored.runs("mail", "--preview", str(tmp_path / "look"))

    hers, his = (text_of(tmp_path / "look" / f"{DAY}-{number}.txt") for number in (1, 2))
    assert hers.index("1. Claim b") < hers.index("2. Claim a")
    assert "You follow bread." in hers
    assert "You follow" not in his


def test_a_test_goes_to_one_address_and_the_outbox_knows_nothing_of_it(stored: Desk) -> None:
    with running_mail_server() as server:
        smtp = {"host": "127.0.0.1", "port": server.port, "security": "none"}
        stored.writes(f"delivery:{PEOPLE}  smtp: {json.dumps(smtp)}\n")
        result = stored.runs("mail", str(DAY), "--test", "me@example.org")

        assert result.exit_code == 0, result.output
        assert "me@example.org: 250 OK queued" in result.output
        (envelope,) = server.received
        assert envelope.rcpt_tos == ["me@example.org"]
        assert str(message_from_bytes(envelope.content, policy=default)["Subject"]).startswith("Test: Claim a")
    assert Store(str(stored.path.parent / "data")).outbox.rows() == ()


def test_it_is_sent_again_to_one_person_alone(stored: Desk) -> None:
    assert stored.runs("mail").exit_code == 0
    assert stored.runs("mail", "--resend", "--to", "Bob@example.org").exit_code == 0
    rows = Store(str(stored.path.parent / "data")).outbox.rows()
    assert [(row.recipient, row.attempts) for row in rows] == [("ada@example.org", 1), ("bob@example.org", 2)]


def test_what_cannot_be_done_is_explained(stored: Desk) -> None:
    assert "no digest of 2020-01-01 yet" in stored.fails("mail", "2020-01-01", "--preview", "x")
    assert "is not a mail address" in stored.fails("mail", "--test", "nobody")


def test_the_mail_is_sent_once_and_again_when_asked(stored: Desk) -> None:
    outbox = Store(str(stored.path.parent / "data")).outbox
    for arguments, attempts in (((), 1), ((), 1), (("--resend",), 2)):
        result = stored.runs("mail", *arguments)
        assert result.exit_code == 0, result.output
        assert "ada@example.org: sent written to" in result.output
        assert [(row.recipient, row.state, row.attempts) for row in outbox.rows()] == [
            ("ada@example.org", "sent", attempts),
            ("bob@example.org", "sent", attempts),
        ]


def test_a_mail_that_did_not_go_is_said_and_is_a_failure(stored: Desk) -> None:
    with running_mail_server() as server:
        smtp = {"host": "127.0.0.1", "port": server.port, "security": "none"}
        stored.writes(f"delivery:{PEOPLE}  smtp: {json.dumps(smtp)}\n")
        server.at_rcpt = "451 greylisted"
        said = stored.fails("mail")
        assert "ada@example.org: planned 127.0.0.1" in said
        assert f"2 recipients were not reached. 'podcast-insights mail {DAY}' says why" in said

        server.at_rcpt = "250 OK"
        assert stored.runs("mail", "--to", "ada@example.org").exit_code == 0
        assert stored.runs("mail").exit_code == 0
    assert len(server.received) == 2


def test_without_recipients_nothing_runs(stored: Desk) -> None:
    stored.writes("delivery: {sender: digest@example.org}\n")

    assert stored.fails("mail") == "Nobody gets a mail: delivery.recipients is empty."
