"""The stage ``audio``: the files that must be heard, because nobody gave their words."""

import dagster as dg

from podcast_insights.defs.assets.episodes import publisher_transcripts
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, stage_metadata, table_schema
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import ClockResource, SettingsResource, StoreResource, WebResource
from podcast_insights.skips import require_no_outage


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
    clock: ClockResource,
) -> dg.MaterializeResult[None]:
    """One row per downloaded and fully decoded audio file (`episode_id`).

    Only episodes whose publisher gives no usable transcript are downloaded. Damaged files are flagged with how much of
    them is good. A second run downloads nothing again.
    """
    from podcast_insights.audio.fetch import fetch_audio
    from podcast_insights.feeds.follow import settings_by_show
    from podcast_insights.transcripts.heard import must_be_heard

    day = day_of_run(context)
    with as_dagster_failure():
        chosen = [item.episode for item in store.episodes.of_day(day) if item.decision == "process"]
        policies = settings_by_show(settings.shows, store.catalog.shows())
        wanted = must_be_heard(chosen, store.publisher_transcripts.of_day(day), policies)
        result = fetch_audio(
            wanted, web=web, blobs=store.blobs, cache=store.finished_audio, settings=settings.audio, now=clock()
        )
        store.audio_files.replace_day(day, result.made)
        store.skipped.replace("audio", day, result.skipped, now=clock())
        require_no_outage(result, "audio")
    files = [
        {
            "episode": file.episode_id,
            "codec": file.probe.codec,
            "MB": file.size_bytes / 1e6,
            "minutes": file.probe.duration_s / 60,
            "damaged": file.probe.is_damaged,
        }
        for file in result.made
    ]
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(result.made),
            result.skipped,
            bytes=sum(file.size_bytes for file in result.made),
            audio_minutes=sum(file.probe.duration_s for file in result.made) / 60,
            files=markdown_table(files),
        )
    )
