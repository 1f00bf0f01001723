"""What broke a request, in words for a person: never an error's own message, which may quote an address and its token.

Which of our errors it becomes is the business of ``client``.
"""

import socket
import ssl
from http.client import IncompleteRead

# The first that fits counts, so a kind stands before those that it is a kind of.
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "no address is known for this name; see whether it is right, and this machine has a network"),
    (ssl.SSLCertVerificationError, "its certificate is not one that this machine trusts"),
    (ssl.SSLError, "no secure connection came about"),
    (TimeoutError, "it did not answer in time"),
    (ConnectionRefusedError, "nothing listens there"),
    (ConnectionError, "the connection broke"),
    (IncompleteRead, "the connection broke before everything was sent"),
)


def what_broke(error: BaseException) -> str:
    """Return what the innermost of nested errors means; the name of its kind where there are no words for it."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)
