"""The catalogue as the feed stage sees it: what it must keep between polls, and in which order it is written.

How it is kept belongs to ``storage``; what is written into it is decided in ``record`` and ``decide``.
"""

from collections.abc import Sequence
from typing import Protocol

from podcast_insights.feeds.values import Episode, Show


class Catalog(Protocol):
    """What is known of shows and episodes; read from several threads, written from one."""

    def shows(self) -> tuple[Show, ...]:
        """Return every show that was ever recorded."""

    def episodes_of(self, show_id: str) -> tuple[Episode, ...]:
        """Return every episode of a show that was ever recorded; none for a show that was not."""

    def episodes_fingerprint(self, show_id: str) -> str | None:
        """Return the fingerprint of a show's episodes as they are stored now, without reading them one by one.

        None where none are stored.
        """

    def save(self, show: Show, episodes: Sequence[Episode]) -> Show:
        """Replace a show and its episodes, and return it with the fingerprint of what was stored.

        The episodes are written first, so that no validator vouches for what is not stored.
        """

    def save_state(self, show: Show) -> None:
        """Replace a show alone: its episodes did not change."""

    def archive_body(self, show_id: str, sha256: str, body: bytes) -> None:
        """Keep a feed's body as it came."""
