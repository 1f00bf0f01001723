"""The stage ``audio``: the files that must be heard, because nobody gave their words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import dagster as dg

from podcast_insights.defs.assets.episodes import publisher_transcripts
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, stage_metadata, table_schema
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import (
    Clock,
    ClockResource,
    SettingsResource,
    SpeechResource,
    StoreResource,
    WebResource,
)
from podcast_insights.settings import Settings, ShowSettings
from podcast_insights.skips import require_no_outage

if TYPE_CHECKING:
    from podcast_insights.audio.sources import AudioSources
    from podcast_insights.audio.values import AudioFile
    from podcast_insights.feeds.private import PrivateWeb
    from podcast_insights.feeds.values import Episode
    from podcast_insights.storage.store import Store
    from podcast_insights.transcripts.engines import SpeechEngine


@dg.asset(
    group_name="audio",
    kinds={"ffmpeg", "parquet"},
    owners=OWNERS,
    deps=[publisher_transcripts],
    retry_policy=RETRY_POLICY,
    metadata=table_schema("audio_files"),
)
def audio(
    context: dg.AssetExecutionContext,
    settings: SettingsResource,
    store: StoreResource,
    web: WebResource,
    speech: SpeechResource,
    clock: ClockResource,
) -> dg.MaterializeResult[None]:
    """One row per downloaded and fully decoded audio file (`episode_id`).

    Only episodes whose publisher gives no usable transcript are downloaded. Damaged files are flagged with how much of
    them is good. A second run downloads nothing again, a killed one goes on where it stopped. Before, audio that was
    heard and is old is removed (`audio.keep_audio_days`, `audio.max_disk_gb`); its row stays.
    """
    from podcast_insights.audio.fetch import fetch_audio
    from podcast_insights.feeds.follow import settings_by_show
    from podcast_insights.transcripts.heard import must_be_heard

    day = day_of_run(context)
    with as_dagster_failure():
        chosen = [item.episode for item in store.episodes.of_day(day) if item.decision == "process"]
        policies = settings_by_show(settings.shows, store.catalog.shows())
        stale_bytes = store.partials.remove_stale(clock())
        fetched = fetch_audio(
            must_be_heard(chosen, store.publisher_transcripts.of_day(day), policies),
            sources=audio_sources(settings, policies, store, web, speech, clock),
            heard_ids=store.transcripts.heard_ids(),
            settings=settings.audio,
            per_host=settings.feeds.connections_per_host,
            now=clock(),
        )
        result = fetched.result
        store.audio_files.replace_day(day, result.made)
        store.skipped.replace("audio", day, result.skipped, now=clock())
        require_no_outage(result, "audio")
    titles = {episode.episode_id: episode.title for episode in chosen}
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(result.made),
            result.skipped,
            titles=titles,
            bytes=sum(file.size_bytes for file in result.made),
            audio_minutes=sum(file.probe.duration_s for file in result.made) / 60,
            files=markdown_table([_listed(file, titles[file.episode_id]) for file in result.made]),
            removed_files=len(fetched.removed),
            freed_bytes=stale_bytes + sum(file.size_bytes for file in fetched.removed),
            used_bytes=fetched.used_bytes,
        )
    )


def audio_sources(
    settings: Settings,
    policies: Mapping[str, ShowSettings],
    store: "Store",
    web: "PrivateWeb",
    speech: "SpeechEngine",
    clock: Clock,
) -> "AudioSources":
    """Return what the stage works with: the network, the store, the feeds, and what was heard before."""
    from podcast_insights.audio.sources import AudioSources
    from podcast_insights.feeds.refresh import FreshEnclosures
    from podcast_insights.transcripts.make import is_recognised

    def is_heard(episode: "Episode", file: "AudioFile") -> bool:
        show = policies.get(episode.show_id)
        return is_recognised(episode, file, show=show, engine=speech, cache=store.finished_transcripts)

    followed = {
        show.show_id: show
        for show in store.catalog.shows()
        if (policy := policies.get(show.show_id)) and not policy.paused and not policy.is_private
    }
    return AudioSources(
        web=web,
        blobs=store.blobs,
        partials=store.partials,
        cache=store.finished_audio,
        is_heard=is_heard,
        fresh=FreshEnclosures(followed, web, settings=settings.feeds, now=clock()),
    )


def _listed(file: "AudioFile", title: str) -> dict[str, object]:
    return {
        "episode": title,
        "codec": file.probe.codec,
        "MB": file.size_bytes / 1e6,
        "minutes": file.probe.duration_s / 60,
        "damaged": file.probe.is_damaged,
        "good (share)": file.probe.good_ratio,
    }
