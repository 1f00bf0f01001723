"""How each followed feed is doing, as an operator asks it: the same table for the command line and the UI."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from podcast_insights.feeds.follow import settings_by_show
from podcast_insights.feeds.identity import normalised_url
from podcast_insights.feeds.values import FeedPoll, FeedStatus, Show
from podcast_insights.settings import ShowSettings
from podcast_insights.web.redact import redact_url

HealthStatus = FeedStatus | Literal["paused", "never polled"]
NEEDS_A_PERSON: tuple[HealthStatus, ...] = ("gone", "held", "failing")
WORST_FIRST: tuple[HealthStatus, ...] = (*NEEDS_A_PERSON, "never polled", "active", "paused")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """One followed feed; ``last`` is its last poll where one is on record, ``problem`` what is wrong, in a sentence."""

    name: str
    status: HealthStatus
    last: FeedPoll | None
    problem: str | None
    failures_in_a_row: int
    next_poll_at: datetime | None


def feed_health(
    configured: Sequence[ShowSettings], shows: Sequence[Show], last_polls: Mapping[str, FeedPoll]
) -> tuple[FeedHealth, ...]:
    """Return the health of each configured feed: what needs a person first, then by name.

    Args:
        configured: The shows in the settings.
        shows: What is known of shows.
        last_polls: The last poll of each show, by its id.
    """
    followed = settings_by_show(configured, shows)
    known = {followed[show.show_id].url: show for show in shows if show.show_id in followed}
    twins = {normalised_url(settings.url): settings for settings in configured if settings.url in known}
    rows = [
        _health(settings, known.get(settings.url), last_polls, twin=twins.get(normalised_url(settings.url)))
        for settings in configured
    ]
    return tuple(sorted(rows, key=lambda row: (WORST_FIRST.index(row.status), row.name.casefold())))


def health_rows(health: Sequence[FeedHealth]) -> list[dict[str, object]]:
    """Return the table as rows of texts and numbers, one for each feed; times in UTC."""
    return [
        {
            "show": row.name,
            "status": row.status,
            "last poll": _minute(row.last.polled_at if row.last else None),
            "result": _result(row.last),
            "listed": row.last.listed if row.last else None,
            "new": row.last.new_episodes if row.last else None,
            "next poll": _minute(row.next_poll_at),
            "problem": _problem(row),
        }
        for row in health
    ]


def _health(
    settings: ShowSettings, show: Show | None, last_polls: Mapping[str, FeedPoll], *, twin: ShowSettings | None
) -> FeedHealth:
    """Return the health of one feed; ``twin`` is the settings of the show that is known at its address."""
    if show is None:
        status: HealthStatus = "paused" if settings.paused else "never polled"
        return FeedHealth(
            name=settings.name or settings.url,
            status=status,
            last=None,
            problem=None if settings.paused else _why_never_polled(twin),
            failures_in_a_row=0,
            next_poll_at=None,
        )
    return FeedHealth(
        name=settings.name or show.name,
        status="paused" if settings.paused else show.status,
        last=last_polls.get(show.show_id),
        problem=show.last_error,
        failures_in_a_row=show.failures_in_a_row,
        next_poll_at=None if settings.paused else show.next_poll_at,
    )


def _why_never_polled(twin: ShowSettings | None) -> str:
    if twin is None:
        return "it was not polled yet: run podcast-insights digest"
    return f"it is the same show as {redact_url(twin.url)}; remove one of them from podcasts.yaml"


def _result(poll: FeedPoll | None) -> str | None:
    if poll is None:
        return None
    outcome = poll.outcome.replace("_", " ")
    return f"{outcome} ({poll.http_status})" if poll.error and poll.http_status else outcome


def _problem(row: FeedHealth) -> str | None:
    problems = [row.problem] if row.problem else []
    if row.failures_in_a_row > 1:
        problems.append(f"{row.failures_in_a_row} polls in a row failed")
    if row.last and row.last.dropped_items:
        problems.append(f"{row.last.dropped_items} items could not be used")
    return "; ".join(problems) or None


def _minute(at: datetime | None) -> str | None:
    return f"{at:%d %b %H:%M}" if at else None
