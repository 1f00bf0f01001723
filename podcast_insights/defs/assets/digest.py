"""The stage ``digest``: the day's five across all shows, and what is related to what was published."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg

from podcast_insights.days import window_ending, window_starting
from podcast_insights.defs.assets.insights import insights
from podcast_insights.defs.assets.vectors import insight_vectors
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, picture, stage_metadata, table_schema
from podcast_insights.defs.partitions import THE_DAY_BEFORE, day_of_run
from podcast_insights.defs.resources import ChatClientsResource, ClockResource, SettingsResource, StoreResource
from podcast_insights.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from podcast_insights.digest.values import Candidate, Digest
    from podcast_insights.storage.store import Store
    from podcast_insights.transcripts.values import Segment

# The checks of these tables decide whether a day's insights may reach a reader.
CHECKED_BEFORE_DIGEST = ("episodes", "transcripts", "segments", "insights")


@dg.asset(
    group_name="digest",
    kinds={"python", "parquet"},
    owners=OWNERS,
    deps=[insights, dg.AssetDep("daily_digest", partition_mapping=THE_DAY_BEFORE)],
    retry_policy=RETRY_POLICY,
    metadata=table_schema("digest_entries"),
)
def daily_digest(
    context: dg.AssetExecutionContext, settings: SettingsResource, store: StoreResource, clock: ClockResource
) -> dg.MaterializeResult[None]:
    """One row per chosen insight of the day (`digest_date`, `rank`): at most `digest.top_n`, best first.

    From the insights of the last `digest.lookback_days` that no earlier digest used, so an episode that appears late
    lands in the next digest. It is compared only with the digests of days before, so days are built in order. A past
    day that is built again takes nothing that a later digest holds, and chooses the same; where what is known has
    changed, the digest is marked as revised. What was not ready in time is counted, and readers are told.
    """
    from podcast_insights.delivery.markdown import digest_markdown
    from podcast_insights.digest.build import build_digest
    from podcast_insights.digest.evidence import with_contexts
    from podcast_insights.quality.quarantine import OF_EPISODES, OF_INSIGHTS, set_aside
    from podcast_insights.quality.record import blocking_failures, require_checked

    day = day_of_run(context)
    window = window_ending(day, settings.digest.lookback_days)
    with as_dagster_failure():
        require_checked(store.warehouse, CHECKED_BEFORE_DIGEST, day)
        left_out = {past: blocking_failures(store.warehouse, CHECKED_BEFORE_DIGEST, past) for past in window}
        broken = {past: set_aside(store.warehouse, (*OF_EPISODES, *OF_INSIGHTS), past) for past in window}
        candidates = [
            candidate
            for past in window
            if not left_out[past]
            for candidate in _candidates(store, settings, past, left_out=broken[past])
        ]
        earlier = store.digests.of_days(window_ending(day, max(settings.digest.novelty_days, len(window)) + 1)[:-1])
        later = store.digests.of_days(window_starting(day, settings.digest.lookback_days)[1:])
        history = [entry for digest in earlier for entry in digest.entries]
        digest = build_digest(
            day,
            candidates,
            used_insight_ids=_published(earlier),
            published_later=_published(later),
            history=history,
            previous=store.digests.of_day(day),
            settings=settings.digest,
            said=store.preferences.of(),
            now=clock(),
        )
        digest = with_contexts(digest, _transcripts_of(store, digest))
        digest = replace(digest, unfinished_episodes=_unfinished_episodes(store, day))
        store.digests.replace(digest)
        pictures = _pictures(store, digest)
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(digest.entries),
            digest=dg.MetadataValue.md(digest_markdown(digest)),
            considered=digest.considered,
            eligible=digest.eligible,
            shows_considered=digest.shows_considered,
            revision=digest.revision,
            unfinished_episodes=digest.unfinished_episodes,
            days_left_out=[line for lines in left_out.values() for line in lines],
            left_out=_told(broken),
        )
        | pictures
    )


@dg.asset(
    group_name="digest",
    kinds={"scikitlearn", "parquet"},
    owners=OWNERS,
    deps=[daily_digest, insight_vectors],
    metadata=table_schema("related_insights"),
)
def related_insights(
    settings: SettingsResource, store: StoreResource, chat_clients: ChatClientsResource
) -> dg.MaterializeResult[None]:
    """One row per pair of published insights that are about the same (`insight_id`, `related_insight_id`).

    Both directions, other shows first. By words and, where they are there, by the vectors of
    `related.embeddings.model`. Where a language model is set, it says of each new pair whether the two agree
    (`stance`). Written whole, because a new insight changes the neighbours of old ones; only new ones are compared and
    asked about.
    """
    from podcast_insights.digest.neighbours import Published, neighbourhoods
    from podcast_insights.digest.relate import related_insights as relate
    from podcast_insights.digest.values import BY_WORDS
    from podcast_insights.operations.stances import MarkedPairs, mark_stances

    wanted = settings.related
    with as_dagster_failure():
        published = Published.of(store.digests.published())
        model = wanted.embeddings.vectors_name
        near = (
            neighbourhoods(published, source=store.insight_vectors, model=model, cache=store.found_neighbours)
            if model
            else {}
        )
        related = relate(
            published.in_order,
            near=near,
            model=model,
            at_least=wanted.min_ratio,
            at_least_by_vectors=wanted.embeddings.min_ratio,
            memory=store.word_pairs,
        )
        marks = MarkedPairs(related=related)
        if settings.insights.chosen_extractor == "llm" and settings.insights.model is not None:
            model = settings.insights.model
            marks = mark_stances(store, related, published, connect=chat_clients, model=model)
        store.related_insights.replace(marks.related)
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(related),
            published=len(published.episode_dates),
            with_vectors=len(near),
            by_words=sum(one.compared_by == BY_WORDS for one in related),
            stances=dict(Counter(one.stance for one in marks.related if one.stance)),
            llm_calls=len(marks.calls),
            not_asked_because=marks.problem or "",
        )
    )


def _pictures(store: "Store", digest: "Digest") -> dict[str, dg.MarkdownMetadataValue]:
    from podcast_insights.pictures.funnel import funnel
    from podcast_insights.pictures.score_parts import score_parts
    from podcast_insights.storage.day_counts import count_day

    counts = count_day(store.warehouse, digest.digest_date)
    return {"funnel": picture(funnel(counts, digest)), "score_parts": picture(score_parts(digest))}


def _told(broken: "Mapping[date, Mapping[str, str]]") -> dg.MarkdownMetadataValue:
    """Return what was left out of each day for a rule that it breaks, as a table."""
    return markdown_table(
        [
            {"day": day, "insight or episode": item, "breaks": rule}
            for day, items in broken.items()
            for item, rule in items.items()
        ]
    )


def _unfinished_episodes(store: "Store", day: date) -> int:
    from podcast_insights.operations.retries import NEEDED_STAGES, skipped_items, unfinished_episodes

    return unfinished_episodes(skipped_items(row for stage in NEEDED_STAGES for row in store.skipped.of(stage, day)))


def _transcripts_of(store: "Store", digest: "Digest") -> "dict[str, Sequence[Segment]]":
    """Return the segments of the episodes that a digest quotes."""
    episode_ids = {entry.candidate.insight.episode_id for entry in digest.entries}
    days = sorted({entry.candidate.episode_date for entry in digest.entries})
    transcripts = [transcript for day in days for transcript in store.transcripts.of_day(day)]
    return {one.episode_id: one.segments for one in transcripts if one.episode_id in episode_ids}


def _published(digests: "Sequence[Digest]") -> frozenset[str]:
    return frozenset(entry.candidate.insight.insight_id for digest in digests for entry in digest.entries)


def _candidates(
    store: "Store", settings: Settings, day: date, *, left_out: "Collection[str]"
) -> "tuple[Candidate, ...]":
    from podcast_insights.digest.candidates import candidates_of
    from podcast_insights.feeds.follow import settings_by_show

    shows = store.catalog.shows()
    return candidates_of(
        store.insights.of_day(day),
        episodes={item.episode.episode_id: item.episode for item in store.episodes.of_day(day)},
        shows={show.show_id: show for show in shows},
        followed=settings_by_show(settings.shows, shows),
        left_out=left_out,
    )
