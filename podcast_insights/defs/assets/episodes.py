"""The stage ``episodes``: which episodes of a day are processed, and what their publishers give with them."""

import dagster as dg

from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, stage_metadata, table_schema
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import ClockResource, SettingsResource, StoreResource, WebResource
from podcast_insights.skips import require_no_outage
from podcast_insights.web.redact import redact_url


@dg.asset(group_name="episodes", kinds={"parquet"}, owners=OWNERS, deps=["feeds"], metadata=table_schema("episodes"))
def episodes(
    context: dg.AssetExecutionContext, settings: SettingsResource, store: StoreResource, clock: ClockResource
) -> dg.MaterializeResult[None]:
    """One row per episode published on the day (`episode_id`), with the decision whether it is processed and why.

    From the catalogue that `feeds` keeps. A second run decides again by what is known then; what was processed
    stays on its day, whatever its feed does to the date.
    """
    from podcast_insights.feeds.decide import decide_episodes, skips_of
    from podcast_insights.feeds.follow import settings_by_show

    day = day_of_run(context)
    with as_dagster_failure():
        shows = store.catalog.shows()
        policies = settings_by_show(settings.shows, shows)
        decided = decide_episodes(store.catalog.episodes_of_day(day), policies, now=clock())
        skips = skips_of(decided)
        store.episodes.replace_day(day, decided)
        store.skipped.replace("episodes", day, skips, now=clock())
    names = {show.show_id: show.name for show in shows}
    listing = [
        {
            "show": names.get(item.episode.show_id, item.episode.show_id),
            "episode": item.episode.title,
            "decision": item.decision,
            "why": item.message,
        }
        for item in decided
    ]
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(decided),
            skips,
            titles={item.episode.episode_id: item.episode.title for item in decided},
            to_process=len(decided) - len(skips),
            episodes=markdown_table(listing),
        )
    )


@dg.asset(
    group_name="episodes",
    kinds={"parquet"},
    owners=OWNERS,
    deps=[episodes],
    retry_policy=RETRY_POLICY,
    metadata=table_schema("chapters"),
)
def chapters(
    context: dg.AssetExecutionContext, store: StoreResource, web: WebResource, clock: ClockResource
) -> dg.MaterializeResult[None]:
    """One row per chapter of a processed episode (`episode_id`, `start_s`), from its feed or its publisher's file.

    A second run makes no request for a file in which it found some before.
    """
    from podcast_insights.feeds.fetch_chapters import fetch_chapters

    day = day_of_run(context)
    with as_dagster_failure():
        chosen = [item.episode for item in store.episodes.of_day(day) if item.decision == "process"]
        result = fetch_chapters(chosen, web=web, cache=store.read_chapters)
        store.chapters.replace_day(day, result.made)
        store.skipped.replace("chapters", day, result.skipped, now=clock())
        require_no_outage(result, "chapters")
    titles = {episode.episode_id: episode.title for episode in chosen}
    listing = [
        {
            "episode": titles[made.episode_id],
            "chapters": len(made.chapters),
            "file": made.source_url and redact_url(made.source_url),
        }
        for made in result.made
    ]
    rows = sum(len(made.chapters) for made in result.made)
    return dg.MaterializeResult(
        metadata=stage_metadata(rows, result.skipped, titles=titles, episodes=markdown_table(listing))
    )


@dg.asset(
    group_name="episodes",
    kinds={"parquet"},
    owners=OWNERS,
    deps=[episodes],
    retry_policy=RETRY_POLICY,
    metadata=table_schema("publisher_transcripts"),
)
def publisher_transcripts(
    context: dg.AssetExecutionContext,
    settings: SettingsResource,
    store: StoreResource,
    web: WebResource,
    clock: ClockResource,
) -> dg.MaterializeResult[None]:
    """One row per transcript link of a processed episode that was tried (`episode_id`, `url`), with what became of it.

    At most one link of an episode is usable: the best that could be read and that can be trusted. A second run makes
    no request for what was settled before.
    """
    from podcast_insights.feeds.follow import settings_by_show
    from podcast_insights.transcripts.heard import must_be_heard
    from podcast_insights.transcripts.published import fetch_published

    day = day_of_run(context)
    with as_dagster_failure():
        chosen = [item.episode for item in store.episodes.of_day(day) if item.decision == "process"]
        policies = settings_by_show(settings.shows, store.catalog.shows())
        result = fetch_published(
            chosen,
            policies=policies,
            web=web,
            cache=store.tried_links,
            listed=store.catalog.notes_of,
            now=clock(),
        )
        store.publisher_transcripts.replace_day(day, result.made)
        store.skipped.replace("publisher_transcripts", day, result.skipped, now=clock())
        require_no_outage(result, "publisher_transcripts")
    titles = {episode.episode_id: episode.title for episode in chosen}
    tried = [
        {"episode": titles[link.episode_id], "url": redact_url(link.url), "used": link.is_usable, "why": link.message}
        for link in result.made
    ]
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(result.made),
            result.skipped,
            titles=titles,
            usable=sum(link.is_usable for link in result.made),
            to_be_heard=len(must_be_heard(chosen, result.made, policies)),
            links=markdown_table(tried),
        )
    )
