"""Whether a body is an older copy of a feed, as the far corners of a content network serve for hours or days. Pure.

An older copy lacks the newest episodes and nothing else. Believed, it would mark them as gone, and the next fresh copy
would bring them back: a feed that flaps between the two would change at each poll. A publisher who takes the newest
episode back looks alike where the feed does not say when it was built, so what lasts is believed in the end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from podcast_insights.feeds.identity import MatchedItem
from podcast_insights.feeds.values import Episode, ParsedFeed, Show

BELIEVED_AFTER = timedelta(days=7)


def is_older_copy(
    show: Show, known: Sequence[Episode], feed: ParsedFeed, matched: Sequence[MatchedItem], now: datetime
) -> bool:
    """Whether a feed's body is older than the one that was read last.

    Args:
        show: The show, with the time at which the body that was read last says it was built.
        known: All its episodes.
        feed: The body in question.
        matched: Its items with their episodes.
        now: The present.
    """
    if show.stale_at is not None and now - show.stale_at > BELIEVED_AFTER:
        return False
    listed = [episode for episode in known if episode.gone_at is None]
    present = {match.episode_id for match in matched}
    missing = [episode for episode in listed if episode.episode_id not in present]
    if not listed or not matched or _lists_anything_new(listed, matched) or not _are_on_top(missing, matched):
        return False
    if feed.built_at and show.built_at:
        return feed.built_at < show.built_at
    return bool(missing)


def _lists_anything_new(listed: Sequence[Episode], matched: Sequence[MatchedItem]) -> bool:
    """Whether there is an unknown item other than one from before all that is listed."""
    oldest_at = min(episode.published_at for episode in listed)
    unknown = (match.item.published_at for match in matched if match.known is None)
    return any(published_at is None or published_at >= oldest_at for published_at in unknown)


def _are_on_top(missing: Sequence[Episode], matched: Sequence[MatchedItem]) -> bool:
    """Whether all episodes that are missing are newer than all that are there."""
    newest = max((match.item.published_at for match in matched if match.item.published_at), default=None)
    return newest is not None and all(episode.published_at > newest for episode in missing)
