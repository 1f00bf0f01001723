from pathlib import Path

import pytest

from podcast_insights.audio.fetch import fetch_audio
from podcast_insights.audio.values import AudioFile
from podcast_insights.errors import GoneError, NetworkError, StorageFullError
from podcast_insights.feeds.values import Episode
from podcast_insights.settings import AudioSettings
from podcast_insights.skips import StageResult
from podcast_insights_tests.audio.fakes import NOW, DictCache, FakeDownloads, FolderBlobs, episode, tone, write_audio


class Bench:
    """Everything that fetching needs, and the call."""

    def __init__(self, folder: Path) -> None:
        self.web = FakeDownloads()
        self.blobs = FolderBlobs(folder / "blobs")
        self.cache: DictCache[AudioFile] = DictCache()
        self.sound = write_audio(folder / "a.wav", tone(1)).read_bytes()

    def fetch(self, *episodes: Episode) -> StageResult[AudioFile]:
        return fetch_audio(
            episodes, web=self.web, blobs=self.blobs, cache=self.cache, settings=AudioSettings(workers=3), now=NOW
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_an_enclosure_is_stored_under_its_episode_and_real_kind(bench: Bench) -> None:
    bench.web.serves("https://example.org/../x.mp3", bench.sound)

    (audio,) = bench.fetch(episode(1, url="https://example.org/../x.mp3")).made

    assert audio.blob_key == "audio/episode1.wav"
    assert bench.blobs.exists(audio.blob_key)
    assert (audio.size_bytes, audio.downloaded_at) == (len(bench.sound), NOW)
    assert audio.probe.duration_s == pytest.approx(1)


def test_an_episode_is_downloaded_once_even_if_its_address_changes(bench: Bench) -> None:
    bench.web.serves("https://example.org/1?token=a", bench.sound)
    first = bench.fetch(episode(1, url="https://example.org/1?token=a"))

    second = bench.fetch(episode(1, url="https://example.org/1?token=b"))

    assert second == first
    assert bench.web.requests == ["https://example.org/1?token=a"]


def test_a_lost_file_is_downloaded_again(bench: Bench) -> None:
    bench.web.serves("https://example.org/a.mp3", bench.sound)
    (audio,) = bench.fetch(episode(1)).made
    bench.blobs.lose(audio.blob_key)

    bench.fetch(episode(1))

    assert len(bench.web.requests) == 2
    assert bench.blobs.exists(audio.blob_key)


def test_one_bad_item_does_not_stop_the_others_and_the_order_is_kept(bench: Bench) -> None:
    urls = [f"https://example.org/{number}" for number in range(1, 7)]
    for url in urls:
        bench.web.serves(url, bench.sound)
    bench.web.fails(urls[1], NetworkError("no answer"))
    bench.web.fails(urls[2], GoneError("410"))
    bench.web.serves(urls[3], b"<html>expired</html>")

    result = bench.fetch(*(episode(number, url=url) for number, url in enumerate(urls, 1)), episode(7, url=None))

    assert [audio.episode_id for audio in result.made] == ["episode1", "episode5", "episode6"]
    assert [(skip.subject_id, skip.reason, skip.retryable) for skip in result.skipped] == [
        ("episode2", "network", True),
        ("episode3", "gone", False),
        ("episode4", "bad_audio", False),
        ("episode7", "bad_audio", False),
    ]
    assert "an HTML page" in result.skipped[2].message
    assert {skip.stage for skip in result.skipped} == {"audio"}


def test_a_full_disk_stops_the_stage(bench: Bench) -> None:
    bench.web.fails("https://example.org/a.mp3", OSError(28, "No space left on device"))

    with pytest.raises(StorageFullError, match="episode1"):
        bench.fetch(episode(1))


def test_nothing_is_kept_of_a_failure(bench: Bench) -> None:
    bench.web.fails("https://example.org/a.mp3", NetworkError("no answer"))
    bench.fetch(episode(1))
    bench.web.serves("https://example.org/a.mp3", bench.sound)

    assert len(bench.fetch(episode(1)).made) == 1
