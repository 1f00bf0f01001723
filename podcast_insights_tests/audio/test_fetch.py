from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from podcast_insights.audio.fetch import FetchedAudio, fetch_audio
from podcast_insights.audio.sources import AudioSources
from podcast_insights.audio.values import AudioFile
from podcast_insights.errors import GoneError, NetworkError, RefusedError, StorageFullError
from podcast_insights.feeds.values import Enclosure, Episode
from podcast_insights.settings import AudioSettings
from podcast_insights.skips import StageResult
from podcast_insights_tests.audio.fakes import (
    NOW,
    DictCache,
    FakeDownloads,
    FolderBlobs,
    FolderPartials,
    episode,
    tone,
    write_audio,
)


class Bench:
    """Everything that fetching needs, and the call."""

    def __init__(self, folder: Path) -> None:
        self.web = FakeDownloads()
        self.blobs = FolderBlobs(folder / "blobs")
        self.partials = FolderPartials(folder / "partial")
        self.cache: DictCache[AudioFile] = DictCache()
        self.sound = write_audio(folder / "a.wav", tone(1)).read_bytes()
        self.settings = AudioSettings(workers=3)
        self.now = NOW
        self.asked_feed: list[str] = []
        self._heard: set[str] = set()
        self._fresh: dict[str, Enclosure] = {}

    def hears(self, *episode_ids: str) -> None:
        self._heard |= set(episode_ids)

    def forgets_what_it_heard(self) -> None:
        self._heard.clear()

    def gives_afresh(self, episode_id: str, url: str) -> None:
        self._fresh[episode_id] = Enclosure(url=url)

    def run(self, *episodes: Episode, heard_ids: Iterable[str] = ()) -> FetchedAudio:
        def fresh(episode: Episode) -> Enclosure | None:
            self.asked_feed.append(episode.episode_id)
            return self._fresh.get(episode.episode_id)

        sources = AudioSources(
            web=self.web,
            blobs=self.blobs,
            partials=self.partials,
            cache=self.cache,
            is_heard=lambda episode, _: episode.episode_id in self._heard,
            fresh=fresh,
        )
        return fetch_audio(
            episodes,
            sources=sources,
            heard_ids=frozenset(heard_ids),
            settings=self.settings,
            per_host=2,
            now=self.now,
        )

    def fetch(self, *episodes: Episode) -> StageResult[AudioFile]:
        return self.run(*episodes).result


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


def test_a_file_that_was_heard_is_not_downloaded_again(bench: Bench) -> None:
    bench.web.serves("https://example.org/a.mp3", bench.sound)
    (audio,) = bench.fetch(episode(1)).made
    bench.blobs.lose(audio.blob_key)
    bench.hears("episode1")

    assert bench.fetch(episode(1)).made == (audio,)
    assert len(bench.web.requests) == 1


def test_a_damaged_file_that_is_gone_is_tried_again(bench: Bench) -> None:
    url = "https://example.org/a.mp3"
    bench.web.serves(url, bench.sound[: len(bench.sound) // 2])
    (audio,) = bench.fetch(replace(episode(1, url=url), duration_s=1.0)).made
    bench.hears("episode1")
    bench.web.serves(url, bench.sound)

    kept = bench.fetch(episode(1, url=url)).made
    bench.blobs.lose(audio.blob_key)
    (again,) = bench.fetch(episode(1, url=url)).made

    assert audio.probe.is_damaged
    assert kept == (audio,)
    assert not again.probe.is_damaged


def test_of_a_damaged_file_that_was_heard_and_is_gone_nothing_is_lost_where_its_host_gives_it_no_more(
    bench: Bench,
) -> None:
    url = "https://example.org/a.mp3"
    bench.web.serves(url, cut(bench.sound, 0.5))
    (audio,) = bench.fetch(replace(episode(1, url=url), duration_s=1.0)).made
    bench.hears("episode1")
    bench.blobs.lose(audio.blob_key)

    bench.web.fails(url, NetworkError("no answer"))
    assert bench.fetch(episode(1, url=url)) == StageResult((audio,), ())
    bench.web.fails(url, GoneError("410", status=410))
    assert bench.fetch(episode(1, url=url)) == StageResult((audio,), ())
    bench.now += timedelta(days=30)
    assert bench.fetch(episode(1, url=url)) == StageResult((audio,), ())
    assert len(bench.web.requests) == 3, "once, once more after no answer, and then never again"


def cut(sound: bytes, share: float) -> bytes:
    return sound[: int(len(sound) * share)]


def test_a_file_that_came_damaged_is_asked_for_once_more_when_it_may_be_mended(bench: Bench) -> None:
    short = replace(episode(1), duration_s=1.0)
    bench.web.serves("https://example.org/a.mp3", cut(bench.sound, 0.5))
    (damaged,) = bench.fetch(short).made
    bench.web.serves("https://example.org/a.mp3", bench.sound)

    bench.now = NOW + timedelta(hours=5)
    assert bench.fetch(short).made == (damaged,)
    bench.now = NOW + timedelta(hours=6)
    bench.hears("episode1")
    fetched = bench.run(short, heard_ids={"episode1"})
    (mended,) = fetched.result.made

    assert not mended.probe.is_damaged
    assert mended.sha256 != damaged.sha256
    assert (bench.blobs.folder / mended.blob_key).read_bytes() == bench.sound
    assert fetched.used_bytes == len(bench.sound)
    bench.now += timedelta(days=1)
    assert bench.fetch(short).made == (mended,)
    assert len(bench.web.requests) == 2


@pytest.mark.parametrize(
    ("answer", "share"),
    [(None, 0.5), (b"<html>", 0.5), (GoneError("410", status=410), 0.5), (None, 0.4), (None, 0.6)],
)
def test_a_host_that_goes_on_serving_damaged_files_is_not_asked_a_third_time(
    bench: Bench, answer: bytes | GoneError | None, share: float
) -> None:
    url = "https://example.org/a.mp3"
    short = replace(episode(1, url=url), duration_s=1.0)
    bench.web.serves(url, cut(bench.sound, 0.5))
    (damaged,) = bench.fetch(short).made
    if isinstance(answer, GoneError):
        bench.web.fails(url, answer)
    else:
        bench.web.serves(url, answer or cut(bench.sound, share))

    for _ in range(3):
        bench.now += timedelta(days=1)
        (again,) = bench.fetch(short).made

    assert (again == damaged) == (share <= 0.5), "the better one is kept"
    assert bench.blobs.exists(again.blob_key)
    assert len(bench.web.requests) == 2


def test_where_no_answer_comes_a_damaged_file_is_asked_for_by_a_later_run(bench: Bench) -> None:
    url = "https://example.org/a.mp3"
    short = replace(episode(1, url=url), duration_s=1.0)
    bench.web.serves(url, cut(bench.sound, 0.5))
    (damaged,) = bench.fetch(short).made
    bench.now += timedelta(days=1)
    bench.web.fails(url, NetworkError("no answer"))
    assert bench.fetch(short) == StageResult((damaged,), ())
    bench.web.serves(url, bench.sound)
    assert not bench.fetch(short).made[0].probe.is_damaged


def test_an_old_file_goes_once_it_was_heard_and_comes_back_when_it_must_be_heard_again(bench: Bench) -> None:
    bench.web.serves("https://example.org/a.mp3", bench.sound)
    (audio,) = bench.fetch(episode(1)).made
    bench.blobs.ages(audio.blob_key, NOW - timedelta(days=15))
    bench.hears("episode1")

    tidied = bench.run(heard_ids={"episode1"})
    again = bench.run(episode(1), heard_ids={"episode1"})
    bench.forgets_what_it_heard()
    anew = bench.run(episode(1), heard_ids={"episode1"})

    assert [file.key for file in tidied.removed] == [audio.blob_key]
    assert tidied.used_bytes == 0
    assert again.result.made == (audio,)
    assert len(bench.web.requests) == 2
    assert bench.blobs.exists(audio.blob_key)
    assert anew.used_bytes == audio.size_bytes


def test_an_old_file_that_this_run_must_hear_again_stays(bench: Bench) -> None:
    bench.web.serves("https://example.org/a.mp3", bench.sound)
    (audio,) = bench.fetch(episode(1)).made
    bench.blobs.ages(audio.blob_key, NOW - timedelta(days=15))

    assert bench.run(episode(1), heard_ids={"episode1"}).removed == ()
    assert len(bench.web.requests) == 1


def test_without_room_an_episode_waits_for_another_run(bench: Bench) -> None:
    bench.settings = AudioSettings(max_disk_gb=0.1)
    bench.web.serves("https://example.org/a.mp3", bench.sound)

    result = bench.fetch(episode(1), episode(2))

    assert [audio.episode_id for audio in result.made] == ["episode2"]
    (skip,) = result.skipped
    assert (skip.subject_id, skip.reason, skip.retryable) == ("episode1", "disk_budget", True)
    assert "audio.max_disk_gb is 0.1" in skip.message
    assert len(bench.web.requests) == 1


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (AudioSettings(max_file_bytes=500_000), "too_large"),
        (AudioSettings(max_file_bytes=500_000, max_disk_gb=1.0), "too_large"),
        (AudioSettings(max_disk_gb=0.000_5), "disk_budget"),
    ],
)
def test_a_file_that_outgrows_its_room_is_not_called_too_large(
    bench: Bench, settings: AudioSettings, reason: str
) -> None:
    bench.settings = settings
    bench.web.serves("https://example.org/a.mp3", bytes(600_000))

    (skip,) = bench.fetch(episode(1, length_bytes=300_000)).skipped

    assert skip.reason == reason
    assert len(bench.web.requests) == 1


@pytest.mark.parametrize(("fills_during", "requests"), [("b", 1), ("a", 2)])
def test_what_another_run_stores_meanwhile_counts(bench: Bench, fills_during: str, requests: int) -> None:
    """Where the folder is full before a download begins, it does not; where it fills meanwhile, the file is dropped."""
    bench.settings = AudioSettings(max_disk_gb=0.000_7, workers=1)
    first, second = (
        episode(number, url=f"https://example.org/{name}", length_bytes=256 * 1024)
        for number, name in ((2, "b"), (1, "a"))
    )
    filling = bench.blobs.folder / "audio" / "anothers.mp3"

    def another_run_fills_it() -> None:
        filling.parent.mkdir(parents=True, exist_ok=True)
        filling.write_bytes(bytes(650_000))

    for name in ("a", "b"):
        bench.web.serves(f"https://example.org/{name}", bench.sound)
    bench.web.meanwhile(f"https://example.org/{fills_during}", another_run_fills_it)

    result = bench.fetch(first, second)

    assert (*result.skipped,)[-1].reason == "disk_budget"
    assert len(bench.web.requests) == requests
    assert sum(file.size_bytes for file in bench.blobs.files("audio")) <= 700_000


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_expired_address_is_asked_of_the_feed_once(bench: Bench, status: int) -> None:
    bench.web.fails("https://example.org/a.mp3", RefusedError("expired", status=status))
    bench.web.serves("https://example.org/new.mp3", bench.sound)
    bench.gives_afresh("episode1", "https://example.org/new.mp3")

    (audio,) = bench.fetch(episode(1)).made

    assert bench.web.requests == ["https://example.org/a.mp3", "https://example.org/new.mp3"]
    assert bench.asked_feed == ["episode1"]
    assert audio.source_url == "https://example.org/a.mp3"


@pytest.mark.parametrize(
    ("fresh_url", "status", "requests", "asked"),
    [
        (None, 403, 1, 1),
        ("https://example.org/a.mp3", 403, 1, 1),
        ("https://example.org/expired.mp3", 403, 2, 1),
        ("https://example.org/expired.mp3", 451, 1, 0),
    ],
)
def test_an_address_that_stays_expired_is_refused(
    bench: Bench, fresh_url: str | None, status: int, requests: int, asked: int
) -> None:
    for name in ("a", "expired"):
        bench.web.fails(f"https://example.org/{name}.mp3", RefusedError("expired", status=status))
    if fresh_url:
        bench.gives_afresh("episode1", fresh_url)

    (skip,) = bench.fetch(episode(1)).skipped

    assert skip.reason == "refused"
    assert (len(bench.web.requests), len(bench.asked_feed)) == (requests, asked)


def test_no_token_is_kept_or_shown(bench: Bench) -> None:
    bench.web.serves("https://example.org/a.mp3?token=abc123", bench.sound)
    bench.web.serves("https://example.org/b.mp3?token=abc123", b"<html>")

    result = bench.fetch(
        episode(1, url="https://example.org/a.mp3?token=abc123"),
        episode(2, url="https://example.org/b.mp3?token=abc123"),
    )

    assert result.made[0].source_url == "https://example.org/a.mp3?token=..."
    assert "abc123" not in result.skipped[0].message
