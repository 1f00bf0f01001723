"""A day on which everything is right, and a way to make one thing wrong."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

from podcast_insights.audio.values import AudioFile, AudioProbe
from podcast_insights.delivery.values import OutboxRow
from podcast_insights.digest.values import Digest, DigestEntry
from podcast_insights.feeds.values import Chapter, DecidedEpisode, EpisodeChapters
from podcast_insights.insights.values import Insight
from podcast_insights.skips import Skip, Stage
from podcast_insights.storage.connections import open_duckdb, quoted
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.store import Store
from podcast_insights.storage.warehouse import DATA_FILE
from podcast_insights.transcripts.values import PublisherTranscript, Segment, Transcript
from podcast_insights_tests.storage.examples import (
    DAY,
    NOW,
    a_digest,
    a_show,
    a_transcript,
    an_entry,
    an_episode,
    an_insight,
    an_outbox_row,
)

SEGMENTS = 12
SEGMENT_S = 5.0
AD = 6


def store_a_good_day(store: Store) -> None:
    """Fill the store with a day that keeps every rule: two processed episodes, one that was not selected."""
    store.episodes.replace_day(
        DAY, [_decided("episode1"), _decided("episode2", "show2"), _decided("episode3", "show1")]
    )
    store.skipped.replace("episodes", DAY, [a_skip("episodes", "episode3")], now=NOW)
    store.chapters.replace_day(DAY, [_chapters()])
    store.publisher_transcripts.replace_day(DAY, [_link(1, transcript_of("episode1")), _link(2, None)])
    store.audio_files.replace_day(DAY, [_audio("episode2", "show2")])
    store.transcripts.replace_day(DAY, [transcript_of("episode1"), transcript_of("episode2", "show2")])
    insights = [insight_of("insight1", "episode1", "show1"), insight_of("insight2", "episode2", "show2")]
    store.insights.replace_day(DAY, insights)
    store.digests.replace(digest_of(DAY - timedelta(days=1), [insight_of("insight9", "episode9", "show9")]))
    store.digests.replace(digest_of(DAY, insights))
    for show_id in ("show1", "show2"):
        store.catalog.save(a_show(show_id, language="en-GB", last_polled_at=NOW), [])
    rows = [a_mail("ada@example.org"), a_mail("bob@example.org")]
    store.warehouse.write("outbox", "", [RowCodec(OutboxRow).to_row(row) for row in rows])


def a_mail(recipient: str) -> OutboxRow:
    """A mail of the day's edition that was sent."""
    return an_outbox_row(recipient, state="sent", attempts=1, message_id=f"<1.{recipient}>")


def a_skip(stage: Stage, episode_id: str) -> Skip:
    """An episode that a stage skipped."""
    return Skip(
        stage=stage,
        show_id="show1",
        subject_id=episode_id,
        reason="old",
        message="It is old.",
        retryable=False,
    )


def transcript_of(episode_id: str, show_id: str = "show1") -> Transcript:
    """A minute of speech at a human pace, with one sponsor read in the middle."""
    segments = [
        Segment(
            index=number,
            start_s=number * SEGMENT_S,
            end_s=(number + 1) * SEGMENT_S,
            text=f"In {episode_id} they say, as sentence {number}, that heat pumps work.",
            is_ad=number == AD,
        )
        for number in range(SEGMENTS)
    ]
    return dataclasses.replace(a_transcript(episode_id, *segments), show_id=show_id, fingerprint=f"words{episode_id}")


def insight_of(insight_id: str, episode_id: str, show_id: str) -> Insight:
    """An insight that quotes the end of segment 3 and the start of segment 4."""
    return dataclasses.replace(
        an_insight(insight_id),
        episode_id=episode_id,
        show_id=show_id,
        claim=f"In {episode_id}, heat pumps work",
        quote=f"that heat pumps work. In {episode_id} they say",
        start_s=15.0,
        end_s=25.0,
    )


def digest_of(day: date, insights: list[Insight]) -> Digest:
    """A digest of these insights, in their order."""
    return dataclasses.replace(
        a_digest(day), entries=tuple(_entry(rank, day, insight) for rank, insight in enumerate(insights, start=1))
    )


def plant(store: Store, table: str, where: str, **values: str) -> None:
    """Make one thing wrong: set columns of the rows of the day where ``where`` holds to SQL expressions."""
    changed = ", ".join(
        f'CASE WHEN {where} THEN {expression} ELSE "{column}" END AS "{column}"'
        for column, expression in values.items()
    )
    rewrite(store, table, f"SELECT * REPLACE ({changed}) FROM stored")


def rewrite(store: Store, table: str, query: str) -> None:
    """Replace a table's file of the day by what a query on ``stored`` gives, past all checks on writing."""
    path = day_file(store, table)
    beside = path.with_suffix(".new")
    with open_duckdb() as connection:
        connection.execute(f"CREATE TABLE stored AS FROM read_parquet({quoted(str(path))})")
        connection.execute(f"COPY ({query}) TO {quoted(str(beside))} (FORMAT parquet)")
    beside.replace(path)


def day_file(store: Store, table: str) -> Path:
    """The file of the day (of the first show, of the table), in a store that is a folder of this machine."""
    partition = {"shows": "show=show1", "outbox": ""}.get(table, f"date={DAY}")
    return Path(str(store.warehouse.folder)) / table / partition / DATA_FILE


def _decided(episode_id: str, show_id: str = "show1") -> DecidedEpisode:
    episode = an_episode(episode_id, show_id=show_id, duration_s=60.0)
    if episode_id == "episode3":
        return DecidedEpisode(episode=episode, decision="skip", reason="old", message="It is old.")
    return DecidedEpisode(episode=episode, decision="process", reason="new", message="It is new.")


def _chapters() -> EpisodeChapters:
    listed = tuple(Chapter(start_s=start_s, title="News") for start_s in (0.0, 30.0))
    return EpisodeChapters(episode_id="episode1", show_id="show1", source_url=None, chapters=listed)


def _link(number: int, transcript: Transcript | None) -> PublisherTranscript:
    return PublisherTranscript(
        episode_id="episode1",
        show_id="show1",
        url=f"https://example.org/{number}.vtt",
        format="vtt",
        is_usable=transcript is not None,
        reason="best" if transcript else "worse",
        message="The best." if transcript else "Another is better.",
        transcript=transcript,
    )


def _audio(episode_id: str, show_id: str) -> AudioFile:
    probe = AudioProbe(
        container="mp3",
        codec="mp3",
        sample_rate_hz=44_100,
        channels=2,
        duration_s=SEGMENTS * SEGMENT_S,
        declared_duration_s=60.0,
        bad_packet_ratio=0.0,
        is_damaged=False,
    )
    return AudioFile(
        episode_id=episode_id,
        show_id=show_id,
        blob_key=f"audio/{episode_id}.mp3",
        source_url="https://cdn.example.org/2.mp3",
        size_bytes=960_000,
        sha256="ab" * 32,
        probe=probe,
        downloaded_at=NOW,
    )


def _entry(rank: int, day: date, insight: Insight) -> DigestEntry:
    entry = an_entry(rank, day)
    candidate = dataclasses.replace(entry.candidate, insight=insight, show_title=insight.show_id, episode_date=day)
    return dataclasses.replace(entry, candidate=candidate)
