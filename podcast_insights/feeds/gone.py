"""Feeds that answer 410: taken for gone only when they go on saying so. Pure.

Servers answer 410 by mistake, for an hour or a night. So a feed that says it is gone counts as any other that fails,
and is asked less and less often; it is given up when several polls over days all said so. An answer that is no 410 says
that it is not gone; no answer at all says nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from podcast_insights.errors import GoneError, NetworkError, PodcastInsightsError
from podcast_insights.feeds.values import Show

GONE_AFTER = timedelta(days=3)
GONE_AFTER_ANSWERS = 4


def counted(show: Show, error: PodcastInsightsError, asked_at: datetime) -> Show:
    """Return the show with its answers in a row that it is gone, after a poll that failed with ``error``."""
    if isinstance(error, GoneError):
        return replace(show, said_gone_at=show.said_gone_at or asked_at, gone_answers=show.gone_answers + 1)
    if isinstance(error, NetworkError) and error.status is None:
        return show
    return replace(show, said_gone_at=None, gone_answers=0)


def is_gone(show: Show, asked_at: datetime) -> bool:
    """Whether a show has said that it is gone often and long enough to be believed."""
    since = show.said_gone_at
    return since is not None and show.gone_answers >= GONE_AFTER_ANSWERS and asked_at - since >= GONE_AFTER


def gone_message(show: Show, error: GoneError, asked_at: datetime) -> str:
    """Return what to tell a person of a show that answered 410, counted in."""
    since = show.said_gone_at or asked_at
    if is_gone(show, asked_at):
        return (
            f"{error}. It says so since {since:%Y-%m-%d} ({show.gone_answers} polls in a row) and is not asked again: "
            "find its new address, or remove the show"
        )
    return (
        f"{error}. Servers say so by mistake, too: it is asked again, and given up when it still says so on "
        f"{since + GONE_AFTER:%Y-%m-%d}"
    )
