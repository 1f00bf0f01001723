"""The stage ``feeds``: one asset without partitions, because a feed lists episodes of many days."""

from typing import TYPE_CHECKING, Any

import dagster as dg

from podcast_insights.days import day_of
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, stage_metadata, table_schema
from podcast_insights.defs.resources import Clock, ClockResource, SettingsResource, StoreResource, WebResource
from podcast_insights.settings import Settings, require_shows

if TYPE_CHECKING:
    from podcast_insights.feeds.poll import PollReport
    from podcast_insights.feeds.private import PrivateWeb
    from podcast_insights.storage.store import Store


class FeedsConfig(dg.Config):
    """How one run polls."""

    only_due: bool = True
    """Ask only feeds whose next poll is due; false asks all of them now."""
    reads_back: bool = False
    """Read feeds that have pages back to `digest.start_date` again, as after moving that day back."""


@dg.asset(
    group_name="feeds",
    kinds={"rss", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY_POLICY,
    metadata=table_schema("shows"),
)
def feeds(
    config: FeedsConfig, settings: SettingsResource, store: StoreResource, web: WebResource, clock: ClockResource
) -> dg.MaterializeResult[None]:
    """One row per show (`show_id`), from polling its feed with a conditional GET.

    Also writes every episode that a feed lists to `feed_items`, each poll to `feed_polls`, and archives changed bodies.
    A second run asks only feeds that are due, and changes nothing where a feed says that nothing changed.
    A feed that fails is recorded in `skipped` and stops no other.
    """
    from podcast_insights.feeds.follow import failing_shows
    from podcast_insights.feeds.health import feed_health, health_rows

    with as_dagster_failure():
        report = poll_and_record(settings, store, web, clock, only_due=config.only_due, reads_back=config.reads_back)
        skips = failing_shows(settings.shows, report.shows)
        health = health_rows(feed_health(settings.shows, report.shows, store.catalog.last_polls()))
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(report.shows),
            skips,
            titles={show.show_id: show.name for show in report.shows},
            feed_health=markdown_table(health, limit=200),
            **poll_metadata(report),
        )
    )


def poll_and_record(
    settings: Settings,
    store: "Store",
    web: "PrivateWeb",
    clock: Clock,
    *,
    only_due: bool,
    reads_back: bool = False,
    budget_s: float | None = None,
) -> "PollReport":
    """Poll the configured feeds and keep what was found; the asset and the sensor both do exactly this."""
    from podcast_insights.feeds.follow import failing_shows
    from podcast_insights.feeds.older import ReadingRules
    from podcast_insights.feeds.poll import poll_feeds

    now = clock()
    rules = ReadingRules(
        feeds=settings.feeds,
        timezone=settings.digest.zone,
        start_date=settings.digest.start_date,
        reads_back=reads_back,
    )
    report = poll_feeds(
        require_shows(settings), store.catalog, web, rules=rules, now=clock, budget_s=budget_s, only_due=only_due
    )
    store.catalog.record_polls(report.polls, day=day_of(now, settings.digest.zone), at=now)
    store.skipped.replace(
        "feeds",
        None,
        failing_shows(settings.shows, report.shows),
        now=now,
        tried={poll.show_id for poll in report.polls},
    )
    return report


def poll_metadata(report: "PollReport") -> dict[str, Any]:
    """Return what a round of polling found, for the UI."""
    outcomes: dict[str, int] = {}
    for poll in report.polls:
        outcomes[poll.outcome] = outcomes.get(poll.outcome, 0) + 1
    polls = [
        {
            "show": poll.show_id,
            "outcome": poll.outcome,
            "status": poll.http_status,
            "listed": poll.listed,
            "new": poll.new_episodes,
            "changed": poll.changed_episodes,
            "gone": poll.gone_episodes,
            "dropped": poll.dropped_items,
            "why_dropped": "; ".join(poll.drop_reasons),
            "bytes": poll.body_bytes,
            "error": poll.error,
        }
        for poll in report.polls
    ]
    return {
        "polled": len(report.polls),
        "not_due": report.not_due,
        "out_of_time": report.out_of_time,
        "new_episodes": report.new_episodes,
        "outcomes": outcomes,
        "polls": markdown_table(polls, limit=100),
    }
