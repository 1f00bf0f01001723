"""Which show an address stands for, which takes all shows to see.

A show keeps the id under which it was first recorded. One whose address was corrected in the settings, or replaced by
the one that its feed moved to, is the same show; a feed that claims the ``podcast:guid`` of another configured show is
not believed. Where a show's own feed moves is ``moves``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from podcast_insights.errors import FeedError
from podcast_insights.feeds.identity import normalised_url, show_id_for
from podcast_insights.feeds.values import ParsedFeed, Show
from podcast_insights.settings import ShowSettings
from podcast_insights.web.redact import redact_url


class KnownShows:
    """All shows of the catalogue, by id and by configured address, kept current while feeds are recorded."""

    def __init__(self, configured: Sequence[ShowSettings], shows: Iterable[Show]) -> None:
        """Begin with the shows of the settings and those of the catalogue."""
        self._configured_urls = {settings.url for settings in configured}
        self._by_id: dict[str, Show] = {}
        self._by_url: dict[str, Show] = {}
        for show in shows:
            self.keep(show)

    def keep(self, show: Show) -> None:
        """Take over a show as it is now."""
        before = self._by_id.get(show.show_id)
        if before is not None:
            self._by_url.pop(before.configured_url, None)
        self._by_id[show.show_id] = show
        self._by_url[show.configured_url] = show

    def all(self) -> tuple[Show, ...]:
        """Return all shows as they are now, by id."""
        return tuple(show for _, show in sorted(self._by_id.items()))

    def recognised(self, settings: ShowSettings) -> Show:
        """Return the show as it is known: by the address in the settings, or by a former or later one of its own."""
        if known := self._by_url.get(settings.url):
            return known
        title = settings.name or urlsplit(settings.url).hostname or settings.url
        show_id = show_id_for(settings.url, None)
        unknown = Show(show_id=show_id, name=title, title=title, configured_url=settings.url, feed_url=settings.url)
        if show_id in self._by_id:
            return unknown if self.is_anothers(unknown) else self._adopted(unknown)
        moved = self._moved_there(settings.url)
        return _configured_at(moved, settings.url) if moved else unknown

    def identified(self, show: Show, feed: ParsedFeed | None) -> Show:
        """Return the show under its lasting id, which is settled when its feed is read for the first time.

        Raises:
            FeedError: Another configured address is the same show.
        """
        if show.last_polled_at is not None:
            return show
        by_guid = replace(show, show_id=show_id_for(show.configured_url, feed.podcast_guid if feed else None))
        for candidate in (by_guid, show):
            if not self.is_anothers(candidate):
                return self._adopted(candidate)
        other = redact_url(self._by_id[show.show_id].configured_url)
        raise FeedError(
            f"{redact_url(show.configured_url)} is the same show as {other}; remove one of them from podcasts.yaml"
        )

    def is_anothers(self, show: Show) -> bool:
        """Whether a show's id belongs to one that is configured under another address."""
        owner = self._by_id.get(show.show_id)
        return (
            owner is not None
            and owner.configured_url != show.configured_url
            and owner.configured_url in self._configured_urls
        )

    def is_address_of_another(self, url: str, show: Show) -> bool:
        """Whether an address is that of another show that is followed."""
        address = normalised_url(url)
        others = (other for other in self._by_id.values() if other.show_id != show.show_id)
        return any(
            address in (normalised_url(other.configured_url), normalised_url(other.feed_url))
            for other in others
            if other.configured_url in self._configured_urls
        )

    def _adopted(self, show: Show) -> Show:
        """Return the stored show of the same id under its new address, or ``show`` itself where there is none."""
        owner = self._by_id.get(show.show_id)
        if owner is None or owner.configured_url == show.configured_url:
            return owner or show
        return _configured_at(owner, show.configured_url)

    def _moved_there(self, url: str) -> Show | None:
        """Return the show, no longer configured as it was, whose feed is or was at ``url``."""
        address = normalised_url(url)
        for show in self._by_id.values():
            if show.configured_url not in self._configured_urls and address in map(
                normalised_url, (show.feed_url, *show.aliases)
            ):
                return show
        return None


def _configured_at(show: Show, url: str) -> Show:
    """Return a show that the reader wrote another address for: it is due, and has not failed there yet.

    Validators are of the address that gave them.
    """
    at = replace(show, configured_url=url, feed_url=url, status="active", failures_in_a_row=0, next_poll_at=None)
    at = replace(at, said_gone_at=None, gone_answers=0)
    if normalised_url(url) == normalised_url(show.feed_url):
        return at
    return replace(at, etag=None, last_modified=None, body_sha256=None)
