"""The stage ``insights``: claims with their reasoning and a verbatim quote, episode by episode."""

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import dagster as dg

from podcast_insights.defs.assets.transcripts import transcripts
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, picture, stage_metadata, table_schema
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import ClockResource, ExtractorsResource, SettingsResource, StoreResource
from podcast_insights.skips import require_no_outage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast_insights.insights.values import EpisodeInsights, Insight


@dg.asset(
    group_name="insights",
    kinds={"openai", "parquet"},
    owners=OWNERS,
    deps=[transcripts],
    pool="llm",
    retry_policy=RETRY_POLICY,
    metadata=table_schema("insights"),
)
def insights(
    context: dg.AssetExecutionContext,
    settings: SettingsResource,
    store: StoreResource,
    extractors: ExtractorsResource,
    clock: ClockResource,
) -> dg.MaterializeResult[None]:
    """One row per insight (`insight_id`): a claim, its explanation, and a quote found in the transcript.

    By a language model where one is set, else chosen from the speaker's own words. What cannot be grounded is counted
    and left out. A second run asks and pays for nothing again.
    """
    from podcast_insights.insights.criteria import yes_ratios
    from podcast_insights.insights.make import all_calls, make_insights
    from podcast_insights.pictures.grounding import grounding, groundings
    from podcast_insights.quality.quarantine import OF_EPISODES, set_aside, skip_set_aside

    day = day_of_run(context)
    with as_dagster_failure():
        show_titles = {show.show_id: show.title or show.name for show in store.catalog.shows()}
        titles = {
            item.episode.episode_id: (show_titles.get(item.episode.show_id, ""), item.episode.title)
            for item in store.episodes.of_day(day)
        }
        earlier = store.llm_calls.of_day(day)
        transcripts = store.transcripts.of_day(day)
        broken = set_aside(store.warehouse, OF_EPISODES, day)
        left_out = skip_set_aside([(one.episode_id, one.show_id) for one in transcripts], broken)
        with closing(extractors(earlier)) as extractor:
            result = make_insights(
                [one for one in transcripts if one.episode_id not in broken],
                titles=titles,
                extractor=extractor,
                cache=store.finished_insights,
                limit=settings.insights.per_episode,
                workers=settings.insights.workers,
            )
            calls = all_calls(earlier, result.made, extractor.calls)
        found = [insight for episode in result.made for insight in episode.insights]
        store.insights.replace_day(day, found)
        store.llm_calls.replace_day(day, calls)
        store.skipped.replace("insights", day, [*result.skipped, *left_out], now=clock())
        require_no_outage(result, "insights")
    quotes = groundings(result.made)
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(found),
            [*result.skipped, *left_out],
            titles={episode_id: title for episode_id, (_, title) in titles.items()},
            episodes=len(result.made),
            candidates=sum(episode.candidates for episode in result.made),
            refused_by_reason=_refused(result.made),
            answered_yes_ratio=yes_ratios([insight.criteria for insight in found]),
            quotes=quotes,
            quotes_in_transcripts=picture(grounding(quotes, day=day.isoformat())),
            llm_calls=len(calls),
            llm_cost_usd=sum(call.cost_usd or 0.0 for call in calls),
            insights=_listing(found),
        )
    )


def _listing(found: "Sequence[Insight]") -> dg.MarkdownMetadataValue:
    """Return the insights of a day as a table, those worth most first."""
    return markdown_table(
        [
            {"worth": one.value_ratio, "claim": one.claim, "speaker": one.speaker, "at (s)": one.start_s}
            for one in sorted(found, key=lambda insight: -insight.value_ratio)
        ]
    )


def _refused(made: "Sequence[EpisodeInsights]") -> dict[str, int]:
    """Return how many candidates were refused, by reason."""
    refused: Counter[str] = Counter()
    for episode in made:
        for reason, count in episode.refused:
            refused[reason] += count
    return dict(refused)
