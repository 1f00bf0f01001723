"""Where a feed moved: which of the addresses that answered is polled from now on. Pure.

A redirect moves a feed where it is permanent all the way (301, 308) and two polls in a row saw the same one: a mistake
in a server's configuration is often mended within the hour, and browsers that believed it at once never came back. The
feed itself may name its new address (``itunes:new-feed-url``), which counts where that address serves the same show. An
address that a feed left is kept as an alias: a feed never moves back to it on its own word, so two feeds that name each
other cannot play ball with us.
"""

from collections.abc import Iterable
from dataclasses import replace

from podcast_insights.errors import PodcastInsightsError
from podcast_insights.feeds.identity import marks_of, normalised_url
from podcast_insights.feeds.values import Episode, ParsedFeed, Show

MAX_ALIASES = 10
RETRIES_BEFORE_FALLING_BACK = 3


def address_after(show: Show, *, asked_url: str, permanent_url: str | None) -> Show:
    """Return the show with the address to poll next, after an answer that was read.

    Args:
        show: The show before the poll.
        asked_url: The address that was asked: the show's own, the one that its feed named, or the configured one.
        permanent_url: Where permanent redirects led from there; None where there were none.
    """
    at = _moved(show, asked_url)
    if permanent_url is None or permanent_url != show.moved_to:
        return replace(at, moved_to=permanent_url)
    return _moved(at, permanent_url)


def named_address(feed: ParsedFeed, show: Show) -> str | None:
    """Return the new address that a feed names, where it is one to look at: no former address, and no loss of https."""
    url = feed.new_feed_url
    if not url or (show.feed_url.lower().startswith("https:") and not url.lower().startswith("https:")):
        return None
    former = map(normalised_url, (show.feed_url, *show.aliases))
    return None if normalised_url(url) in former else url


def is_same_show(feed: ParsedFeed, known: Iterable[Episode], at_new_address: ParsedFeed) -> bool:
    """Whether a new address serves the same show: by its ``podcast:guid``, else by most of its items.

    Args:
        feed: What the old address serves now, which may be no more than a notice that the feed moved.
        known: The episodes that the old address served before.
        at_new_address: What the new address serves.
    """
    if feed.podcast_guid and at_new_address.podcast_guid:
        return feed.podcast_guid == at_new_address.podcast_guid
    there = marks_of(at_new_address.items)
    return _are_mostly_in(marks_of(feed.items), there) or _are_mostly_in(marks_of(known), there)


def falls_back(show: Show, error: PodcastInsightsError) -> bool:
    """Whether a feed that moved is asked at its configured address again: refused, or failing for a while."""
    if normalised_url(show.feed_url) == normalised_url(show.configured_url):
        return False
    return not error.retryable or show.failures_in_a_row >= RETRIES_BEFORE_FALLING_BACK


def _moved(show: Show, url: str) -> Show:
    if url == show.feed_url:
        return show
    aliases = [alias for alias in show.aliases if alias not in (url, show.feed_url)]
    return replace(show, feed_url=url, aliases=(*aliases, show.feed_url)[-MAX_ALIASES:], moved_to=None)


def _are_mostly_in(ours: set[str], there: set[str]) -> bool:
    return len(ours & there) * 2 > min(len(ours), len(there))
