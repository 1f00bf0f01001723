"""What is known of audio: rows and artifacts of older versions, and which episodes were heard."""

import io
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from podcast_insights.audio.values import AudioFile, AudioProbe
from podcast_insights.skips import Skip
from podcast_insights.storage.artifacts import Artifacts
from podcast_insights.storage.by_day import audio_files
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.skipped import SkippedRepository
from podcast_insights.storage.transcripts import TranscriptsRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights_tests.storage.examples import DAY, NOW, a_transcript

TOMORROW = DAY + timedelta(days=1)


def test_audio_of_an_older_version_is_read(base: UPath, warehouse: Warehouse) -> None:
    """Neither the table's files nor the artifacts said how much of a file is good."""
    probe = AudioProbe(
        container="mp3",
        codec="mp3",
        sample_rate_hz=44_100,
        channels=2,
        duration_s=60.0,
        declared_duration_s=None,
        bad_packet_ratio=0.0,
        is_damaged=False,
    )
    audio = AudioFile(
        episode_id="a",
        show_id="show1",
        blob_key="audio/a.mp3",
        source_url="https://example.org/a.mp3",
        size_bytes=1,
        sha256="00",
        probe=probe,
        downloaded_at=NOW,
    )
    row = RowCodec(AudioFile).to_row(audio) | {"episode_date": DAY}
    del row["good_ratio"]
    path = warehouse.folder / "audio_files" / f"date={DAY}" / "data.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row]), buffer)
    path.write_bytes(buffer.getvalue())
    finished = Artifacts(base, "audio", AudioFile)
    finished.put("0123abcd", audio)
    (written,) = (base / "artifacts").glob("**/*.json")
    written.write_text(written.read_text().replace(',"good_ratio":null', ""))

    assert "good_ratio" not in written.read_text()
    assert audio_files(warehouse).of_day(DAY) == (audio,)
    assert finished.get("0123abcd") == audio


def test_an_episode_was_heard_where_it_has_words_or_never_will(warehouse: Warehouse) -> None:
    repository = TranscriptsRepository(warehouse)
    assert repository.heard_ids() == frozenset()
    repository.replace_day(DAY, [a_transcript("a")])
    repository.replace_day(TOMORROW, [a_transcript("b")])
    reasons = {"c": "no_speech", "d": "not_trusted", "e": "whisper", "f": "no_audio"}
    skips = [
        Skip(stage="transcripts", show_id="show1", subject_id=key, reason=reason, message="", retryable=False)
        for key, reason in reasons.items()
    ]
    SkippedRepository(warehouse).replace("transcripts", DAY, skips, now=NOW)
    SkippedRepository(warehouse).replace("audio", DAY, [replace(skips[0], stage="audio", subject_id="g")], now=NOW)

    assert repository.heard_ids() == {"a", "b", "c", "d"}


def test_a_damaged_file_of_transcripts_hides_only_its_own(warehouse: Warehouse) -> None:
    repository = TranscriptsRepository(warehouse)
    repository.replace_day(DAY, [a_transcript("a")])
    repository.replace_day(TOMORROW, [a_transcript("b")])
    (path,) = warehouse.files("transcripts", partitions=[f"date={DAY}"])
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(200) + content[204:])

    assert repository.heard_ids() == {"b"}
