import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from podcast_insights.audio.values import AudioFile, AudioProbe
from podcast_insights.feeds.values import Episode
from podcast_insights.settings import ShowSettings
from podcast_insights.skips import StageResult
from podcast_insights.transcripts.make import make_transcripts
from podcast_insights.transcripts.values import PublisherTranscript, RecognisedWindow, Transcript
from podcast_insights_tests.audio.fakes import NOW, DictCache, FolderBlobs, episode, tone, write_audio
from podcast_insights_tests.transcripts.fakes import FakeEngine, segment, speech


def published(number: int = 1, seconds: float = 600, *, has_times: bool = True) -> PublisherTranscript:
    transcript = Transcript(
        episode_id=f"episode{number}",
        show_id="show1",
        source="publisher",
        engine="publisher",
        model=None,
        language="en",
        source_url="https://example.org/a.vtt",
        has_times=has_times,
        duration_s=seconds,
        segments=speech(seconds),
        fingerprint=f"published{number}",
        made_at=NOW,
    )
    return PublisherTranscript(
        episode_id=f"episode{number}",
        show_id="show1",
        url="https://example.org/a.vtt",
        format="vtt",
        is_usable=True,
        reason="used",
        message="it is used",
        transcript=transcript,
    )


class Bench:
    """Everything that making needs, and the call."""

    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine()
        self.engine.says(speech(60))
        self.blobs = FolderBlobs(folder)
        self.cache: DictCache[Transcript] = DictCache()
        self.windows: DictCache[RecognisedWindow] = DictCache()
        self.show = ShowSettings(url="https://example.org/feed", language="en")
        self.published: dict[str, PublisherTranscript] = {}
        self.audio: dict[str, AudioFile] = {}
        self.told: list[tuple[str, float, float]] = []
        self.time_for_reports = 1000

    def has_audio(self, number: int = 1, duration_s: float = 60, sound_s: float = 1) -> None:
        key = f"audio/episode{number}.wav"
        path = self.blobs.folder / key
        path.parent.mkdir(exist_ok=True)
        write_audio(path, tone(sound_s))
        self.audio[f"episode{number}"] = AudioFile(
            episode_id=f"episode{number}",
            show_id="show1",
            blob_key=key,
            source_url="https://example.org/a.wav",
            size_bytes=path.stat().st_size,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            probe=AudioProbe(
                container="wav",
                codec="pcm_s16le",
                sample_rate_hz=16_000,
                channels=1,
                duration_s=duration_s,
                declared_duration_s=duration_s,
                bad_packet_ratio=0.0,
                is_damaged=False,
            ),
            downloaded_at=NOW,
        )

    def make(self, *episodes: Episode, failed_audio: frozenset[str] = frozenset()) -> StageResult[Transcript]:
        return make_transcripts(
            episodes or (episode(1),),
            published=self.published,
            audio=self.audio,
            failed_audio=failed_audio,
            policies={"show1": self.show},
            engine=self.engine,
            blobs=self.blobs,
            cache=self.cache,
            windows=self.windows,
            now=NOW,
            progress=lambda *told: self.told.append(told),
            out_of_time=lambda: len(self.told) >= self.time_for_reports,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_publishers_transcript_is_used_without_the_engine(bench: Bench) -> None:
    bench.published["episode1"] = published()

    (transcript,) = bench.make().made

    assert (transcript.source, transcript.duration_s) == ("publisher", 600)
    assert bench.engine.heard == []


def test_a_transcript_that_does_not_fit_the_real_audio_is_recognised_anew(bench: Bench) -> None:
    bench.published["episode1"] = published(seconds=600)
    bench.has_audio(duration_s=60)

    (transcript,) = bench.make().made

    assert transcript.source == "whisper"
    assert bench.engine.heard == [("episode1", "en")]


def test_spread_times_are_fitted_to_the_real_audio(bench: Bench) -> None:
    bench.published["episode1"] = published(seconds=600, has_times=False)
    bench.has_audio(duration_s=720)

    (transcript,) = bench.make().made

    assert transcript.duration_s == 720
    assert transcript.segments[-1].end_s == pytest.approx(720)
    assert transcript.source == "publisher"


def test_the_engine_fills_in_where_the_publisher_has_nothing(bench: Bench) -> None:
    bench.has_audio()

    (transcript,) = bench.make().made

    assert (transcript.source, transcript.engine, transcript.model) == ("whisper", "fake-1", "parrot")
    assert transcript.real_time_factor == pytest.approx(0.1)
    assert bench.told == [("episode1", 30, 60), ("episode1", 60, 60)]


def test_what_the_engine_paid_and_whether_it_knew_times_is_kept(bench: Bench) -> None:
    bench.has_audio()
    bench.engine.charges(0.25)
    bench.engine.knows_no_times()

    (transcript,) = bench.make().made

    assert (transcript.cost_usd, transcript.has_times) == (0.25, False)


def test_a_second_run_hears_nothing_again(bench: Bench) -> None:
    bench.has_audio()
    first = bench.make()

    assert bench.make() == first
    assert len(bench.engine.heard) == 1


@pytest.mark.parametrize("change", ["audio", "model", "options", "language"])
def test_what_makes_other_words_is_recognised_anew(bench: Bench, change: str) -> None:
    bench.has_audio()
    bench.make()
    if change == "audio":
        bench.has_audio(sound_s=2)
    elif change == "model":
        bench.engine.model = "macaw"
    elif change == "options":
        bench.engine.options = {"channels": "mix"}
    else:
        bench.show = ShowSettings(url="https://example.org/feed")

    bench.make()

    assert len(bench.engine.heard) == 2


def test_a_show_that_wants_whisper_is_always_recognised(bench: Bench) -> None:
    bench.show = ShowSettings(url="https://example.org/feed", transcripts="whisper")
    bench.published["episode1"] = published()
    bench.has_audio()

    assert [transcript.source for transcript in bench.make().made] == ["whisper"]


def test_each_episode_without_a_transcript_has_its_reason(bench: Bench) -> None:
    bench.show = ShowSettings(url="https://example.org/feed", transcripts="publisher")
    bench.has_audio()
    assert [(skip.reason, skip.retryable) for skip in bench.make().skipped] == [("no_usable_transcript", False)]

    bench.show = ShowSettings(url="https://example.org/feed")
    assert [skip.reason for skip in bench.make(episode(2)).skipped] == ["no_audio"]

    assert bench.make(episode(2), failed_audio=frozenset({"episode2"})) == StageResult((), ())

    bench.engine.says(())
    assert [skip.reason for skip in bench.make().skipped] == ["no_speech"]

    bench.engine.says((segment("thank you " * 90, 0, 60),))
    assert [skip.reason for skip in bench.make().skipped] == ["not_trusted"]

    bench.engine.fails("the model is not there")
    assert [(skip.reason, skip.message) for skip in bench.make().skipped] == [("whisper", "the model is not there")]
    assert bench.engine.heard


def test_one_bad_item_does_not_stop_the_others(bench: Bench) -> None:
    bench.has_audio(1)
    bench.has_audio(2)
    bench.blobs.lose("audio/episode1.wav")

    result = bench.make(episode(1), episode(2))

    assert [transcript.episode_id for transcript in result.made] == ["episode2"]
    assert [(skip.subject_id, skip.reason) for skip in result.skipped] == [("episode1", "storage")]


def test_a_stored_file_that_was_damaged_since_is_not_heard_but_removed_for_a_new_download(bench: Bench) -> None:
    bench.has_audio(1)
    bench.has_audio(2)
    path = bench.blobs.folder / "audio/episode1.wav"
    path.write_bytes(path.read_bytes()[:-100] + bytes(100))

    result = bench.make(episode(1), episode(2))

    assert [transcript.episode_id for transcript in result.made] == ["episode2"]
    assert [(skip.subject_id, skip.reason, skip.retryable) for skip in result.skipped] == [
        ("episode1", "damaged_audio", True)
    ]
    assert not bench.blobs.exists("audio/episode1.wav")
    assert bench.blobs.exists("audio/episode2.wav")

    bench.has_audio(1)
    assert len(bench.make(episode(1), episode(2)).made) == 2


def test_advertisements_are_marked(bench: Bench) -> None:
    transcript = published().transcript
    assert transcript is not None
    read = (
        "This episode is brought to you by Acme Cloud. Go to acme.com/podcast and use the promo code POD for 20 "
        "percent off your first month. That is acme.com/podcast. Thanks to Acme Cloud for sponsoring the show."
    )
    segments = (*transcript.segments[:10], segment(read, 200, 220, 10), *transcript.segments[11:])
    bench.published["episode1"] = replace(published(), transcript=replace(transcript, segments=segments))

    (marked,) = bench.make().made

    assert marked.segments[10].is_ad
    assert not marked.segments[0].is_ad
    assert marked.fingerprint != transcript.fingerprint


def test_what_there_is_no_time_for_is_left_to_a_later_run(bench: Bench) -> None:
    bench.published["episode1"] = published(1)
    for number in (2, 3):
        bench.has_audio(number)
    bench.time_for_reports = 1

    result = bench.make(episode(1), episode(2), episode(3))

    assert [made.episode_id for made in result.made] == ["episode1"]
    assert [(skip.subject_id, skip.reason, skip.retryable) for skip in result.skipped] == [
        ("episode2", "out_of_time", True),
        ("episode3", "out_of_time", True),
    ]
    assert [heard for heard, _ in bench.engine.heard] == ["episode2"], "it was begun, the other one was not"

    bench.time_for_reports = 1000
    assert len(bench.make(episode(1), episode(2), episode(3)).made) == 3


def test_what_is_just_done_when_time_is_over_counts(bench: Bench) -> None:
    bench.has_audio()
    bench.time_for_reports = 2

    assert len(bench.make().made) == 1
