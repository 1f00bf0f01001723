"""The stage ``audio`` as Dagster runs it: an address that expired since the poll, and audio that is needed no more."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from podcast_insights.defs.runs import DayRun
from podcast_insights_tests.audio.fakes import tone, write_audio
from podcast_insights_tests.integration.pipeline import DAY, NEXT_DAY, NOW, Pipeline, at_noon, settings_for
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer
from podcast_insights_tests.storage.examples import a_transcript

UNTIL_AUDIO = ("episodes", "publisher_transcripts", "audio")


@pytest.fixture(scope="module")
def web() -> Iterator[PodcastServer]:
    with PodcastServer().running() as server:
        yield server


def audio_metadata(run: DayRun, *names: str) -> list[object]:
    assert run.failures == ()
    return [run.metadata["audio"][name] for name in names]


def test_an_expired_address_is_renewed_and_what_was_heard_makes_room(web: PodcastServer, tmp_path: Path) -> None:
    sound = write_audio(tmp_path / "a.mp3", tone(3), codec="libmp3lame").read_bytes()
    feed = web.publishes(
        "Tones", [Item(title=f"tone {n}", published_at=at_noon(DAY), audio=f"/audio/{n}.mp3") for n in (1, 2)]
    )
    with closing(Pipeline(settings_for(tmp_path / "data", [feed]))) as pipeline:
        assert pipeline.poll().is_success
        # Since the poll the addresses have expired; the feed has new ones.
        for n in (1, 2):
            web.serves(f"/audio/new-{n}.mp3", sound)
        web.publishes(
            "Tones", [Item(title=f"tone {n}", published_at=at_noon(DAY), audio=f"/audio/new-{n}.mp3") for n in (1, 2)]
        )
        web.asked.clear()

        fetched = pipeline.make(DAY, *UNTIL_AUDIO)

        assert audio_metadata(fetched, "dagster/row_count", "removed_files", "used_bytes") == [2, 0, 2 * len(sound)]
        assert sorted(web.asked) == [
            ("/audio/1.mp3", 404),
            ("/audio/2.mp3", 404),
            ("/audio/new-1.mp3", 200),
            ("/audio/new-2.mp3", 200),
            ("/feeds/tones.xml", 200),
        ]

        store = pipeline.store
        heard, unheard = store.audio_files.of_day(DAY)
        store.transcripts.replace_day(DAY, [a_transcript(heard.episode_id)])
        for file in (heard, unheard):
            with store.blobs.local(file.blob_key) as path:
                os.utime(path, ((NOW - timedelta(days=15)).timestamp(),) * 2)
        tidied = pipeline.make(NEXT_DAY, *UNTIL_AUDIO)

        assert audio_metadata(tidied, "removed_files", "freed_bytes", "used_bytes") == [1, len(sound), len(sound)]
        assert [store.blobs.exists(file.blob_key) for file in (heard, unheard)] == [False, True]
        assert store.audio_files.of_day(DAY) == (heard, unheard)
