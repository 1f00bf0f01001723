"""Runs that are killed while they send, and runs at the same time: nobody gets an edition twice unasked."""

import subprocess
import sys
from pathlib import Path

import pytest

from .fakes import running_mail_server
from .killed_run import run

MODULE = "podcast_insights_tests.delivery.killed_run"
A, B = "a@example.org", "b@example.org"


def start(folder: Path, port: int, point: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", MODULE, str(folder), str(port), point])


@pytest.mark.parametrize(
    ("point", "arrived", "states_after"),
    [
        # Nothing was tried: the next run sends.
        ("planned", [], ["sent", "sent"]),
        # It may have been tried: the next run leaves it alone, and sends the other's.
        ("sending", [], ["sending", "sent"]),
        # The server took it and we did not record that. This is the one window: it is sent again only when asked.
        ("accepted", [A], ["sending", "sent"]),
        ("sent", [A], ["sent", "sent"]),
    ],
)
def test_a_run_that_is_killed_is_followed_by_no_second_mail(tmp_path, point, arrived, states_after):
    with running_mail_server() as server:
        assert start(tmp_path, server.port, point).wait() == -9
        assert [envelope.rcpt_tos[0] for envelope in server.received] == arrived

        assert run(tmp_path, server.port) == states_after
        received = [envelope.rcpt_tos[0] for envelope in server.received]
        assert received.count(B) == 1
        assert received.count(A) <= 1

        assert run(tmp_path, server.port, resend=True) == ["sent", "sent"]
        ids = {
            line for envelope in server.received for line in envelope.content.split(b"\r\n") if b"Message-ID" in line
        }
        assert len(ids) == 2


def test_two_runs_at_the_same_time_send_one_mail_to_each(tmp_path):
    with running_mail_server() as server:
        runs = [start(tmp_path, server.port, "never") for _ in range(3)]
        assert [one.wait() for one in runs] == [0, 0, 0]
        assert sorted(envelope.rcpt_tos[0] for envelope in server.received) == [A, B]
