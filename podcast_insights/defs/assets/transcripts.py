"""The stage ``transcripts``: the words of each episode, from its publisher or from Whisper."""

import dagster as dg

from podcast_insights.defs.assets.audio import audio
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import (
    OWNERS,
    markdown_table,
    markdown_transcript,
    picture,
    stage_metadata,
    table_schema,
)
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import ClockResource, SettingsResource, SpeechResource, StoreResource
from podcast_insights.defs.run_tags import is_time_up
from podcast_insights.transcripts.values import Transcript, word_count

# How many transcripts of a day can be read in the UI; the others are in the table.
MOST_READ = 8


@dg.asset(
    group_name="transcripts",
    kinds={"whisper", "parquet"},
    owners=OWNERS,
    deps=[audio],
    pool="whisper",
    retry_policy=RETRY_POLICY,
    metadata=table_schema("transcripts"),
)
def transcripts(
    context: dg.AssetExecutionContext,
    settings: SettingsResource,
    store: StoreResource,
    speech: SpeechResource,
    clock: ClockResource,
) -> dg.MaterializeResult[None]:
    """One row per transcript (`episode_id`), with its words in `segments`, advertisements marked.

    The publisher's transcript where it can be trusted, else what the configured engine hears. A second run recognises
    nothing again; a killed one goes on after the last finished window. A run that the schedule or the sensor asked for
    stops transcribing in time for the digest (`digest.wait_minutes`), and a later one goes on.
    """
    from podcast_insights.feeds.follow import settings_by_show
    from podcast_insights.pictures.word_rate import word_rates
    from podcast_insights.transcripts.make import make_transcripts

    day = day_of_run(context)
    with as_dagster_failure():
        chosen = [item.episode for item in store.episodes.of_day(day) if item.decision == "process"]
        titles = {episode.episode_id: episode.title for episode in chosen}
        links = store.publisher_transcripts.of_day(day)
        result = make_transcripts(
            chosen,
            published={link.episode_id: link for link in links if link.is_usable},
            audio={file.episode_id: file for file in store.audio_files.of_day(day)},
            failed_audio=frozenset(row["subject_id"] for row in store.skipped.of("audio", day)),
            policies=settings_by_show(settings.shows, store.catalog.shows()),
            engine=speech,
            blobs=store.blobs,
            cache=store.finished_transcripts,
            windows=store.finished_windows,
            now=clock(),
            progress=lambda episode, done_s, total_s: context.log.info(
                f"{titles[episode]}: {done_s / 60:.0f} of {total_s / 60:.0f} minutes recognised"
            ),
            out_of_time=lambda: is_time_up(context, clock),
        )
        store.transcripts.replace_day(day, result.made)
        store.skipped.replace("transcripts", day, result.skipped, now=clock())
    listing = [_listed(transcript, titles[transcript.episode_id]) for transcript in result.made]
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(result.made),
            result.skipped,
            titles=titles,
            words=sum(word_count(transcript.segments) for transcript in result.made),
            from_publisher=sum(transcript.source == "publisher" for transcript in result.made),
            transcription_cost_usd=sum(transcript.cost_usd or 0.0 for transcript in result.made),
            transcripts=markdown_table(listing),
            words_per_minute=picture(word_rates(result.made, titles)),
        )
        # Not named by their titles, which come from feeds: two may be the same, or no name at all.
        | {
            f"transcript_{number}": markdown_transcript(one, titles[one.episode_id])
            for number, one in enumerate(result.made[:MOST_READ], start=1)
        }
    )


def _listed(transcript: Transcript, title: str) -> dict[str, object]:
    words = word_count(transcript.segments)
    ads = word_count([segment for segment in transcript.segments if segment.is_ad])
    return {
        "episode": title,
        "source": transcript.source,
        "model": transcript.model,
        "minutes": transcript.duration_s / 60,
        "words": words,
        "ads (share of words)": ads / words if words else 0.0,
        "real-time factor": transcript.real_time_factor,
        "id": transcript.episode_id,
    }
