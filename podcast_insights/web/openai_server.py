"""OpenAI-compatible servers: how each client of ours reaches one, and what of its errors may be shown.

The address of such a server is the operator's own word, so it may be on this machine; what a server says is not.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
# Local servers want some key; what it is does not matter to them.
NO_KEY = "none"
SHOWN_CHARS = 300


def open_server(*, base_url: str | None, api_key: str | None, timeout_s: float, max_retries: int) -> "openai.OpenAI":
    """Return the library's client for a server, OpenAI's own where none is named; nothing is connected yet."""
    import openai

    return openai.OpenAI(
        api_key=api_key or NO_KEY, base_url=base_url or OPENAI_URL, timeout=timeout_s, max_retries=max_retries
    )


def shown_error(error: Exception, api_key: str | None) -> str:
    """Return the beginning of what an error says, without the key, which some servers send back."""
    # Before it is cut: half of a key is a secret, too.
    said = str(error).replace(api_key, "...") if api_key else str(error)
    return said[:SHOWN_CHARS]
