"""What broke a request, in words."""

import socket
import ssl

import pytest
import requests

from podcast_insights.web.broken import what_broke


@pytest.mark.parametrize(
    ("innermost", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no address is known for this name"),
        (ssl.SSLCertVerificationError(1, "certificate has expired"), "its certificate is not one"),
        (ssl.SSLEOFError(8, "EOF"), "no secure connection"),
        (ConnectionRefusedError(111, "refused"), "nothing listens there"),
        (ConnectionResetError(104, "reset"), "the connection broke"),
        (LookupError("?token=abc"), "LookupError"),
    ],
)
def test_the_innermost_error_says_it_without_its_own_message(innermost: Exception, words: str) -> None:
    outer = requests.ConnectionError("http://ann:hunter2@example.org")
    outer.__cause__ = RuntimeError("between")
    outer.__cause__.__context__ = innermost

    assert what_broke(outer).startswith(words)
    assert str(innermost) not in what_broke(outer)
