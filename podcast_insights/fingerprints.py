"""Content addresses: the same inputs give the same fingerprint, so finished work is found and not done again.

Slow or paid stages keep each finished item under a fingerprint of everything that made it: input, engine, model,
prompt and the version of the code's own rules. Where the items are kept is ``storage/artifacts.py``; the stages only
know the protocol here.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Protocol, TypeVar

T = TypeVar("T")


class ResultCache(Protocol[T]):
    """Finished items of one kind, each durable as soon as ``put`` returns."""

    def get(self, fingerprint: str) -> T | None:
        """Return the finished item, or None where it was never finished (or its file is damaged)."""

    def put(self, fingerprint: str, item: T) -> None:
        """Keep a finished item; putting the same fingerprint again replaces it."""


def fingerprint_of(parts: Mapping[str, object]) -> str:
    """Return 32 hex digits that depend on every part: names, and values by their JSON or ``str`` form."""
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(_encoded(canonical)).hexdigest()[:32]


def short_id(*parts: str) -> str:
    """Return a stable 16-digit id for a key of several texts, joined by a character that XML cannot hold."""
    return hashlib.sha256(_encoded("\x1f".join(parts))).hexdigest()[:16]


def _encoded(text: str) -> bytes:
    # Feeds and JSON can hold half of a surrogate pair, which plain UTF-8 refuses.
    return text.encode("utf-8", errors="surrogatepass")
