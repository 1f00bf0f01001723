"""Feeds that are held because they gave most of their episodes new guids, and how a reader lets one go. Pure.

Taken over at once, such a feed would list years of episodes as new. It may be a change of host, which is harmless, or
another show at the same address. Only a person can tell, and says so in podcasts.yaml with the day on which they
looked: a feed that does it again after that day is held again.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from podcast_insights.days import day_of
from podcast_insights.errors import HeldFeedError
from podcast_insights.feeds.values import Show
from podcast_insights.settings import ShowSettings
from podcast_insights.web.redact import redact_url


def is_accepted(show: Show, settings: ShowSettings, *, timezone: ZoneInfo, now: datetime) -> bool:
    """Whether the reader takes over what a feed lists under new guids since ``show.held_at`` (or now)."""
    accepted_on = settings.accept_new_guids
    return accepted_on is not None and day_of(show.held_at or now, timezone) <= accepted_on


def held_error(show: Show, *, timezone: ZoneInfo, now: datetime) -> HeldFeedError:
    """Return the error that says what happened and what to do."""
    return HeldFeedError(
        f"{show.name} ({redact_url(show.feed_url)}) is held: it gave most of its old episodes new guids, and would "
        f"list them again as new. What is known stays. Look at the address: if it still serves the same show, write "
        f"'accept_new_guids: {day_of(now, timezone)}' under the show in podcasts.yaml, else correct its url"
    )
