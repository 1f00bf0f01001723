"""What goes wrong in the world goes wrong here, through the real assets: it is recorded, and stops nothing else."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from podcast_insights.bundled import bundled_path
from podcast_insights.defs.runs import DayRun
from podcast_insights.settings import InsightSettings, Settings
from podcast_insights_tests.audio.fakes import tone, write_audio
from podcast_insights_tests.insights.fakes import FakeModelServer, proposal
from podcast_insights_tests.integration import small_disk
from podcast_insights_tests.integration.pipeline import (
    DAY,
    DAY_ASSETS,
    NEXT_DAY,
    Pipeline,
    at_noon,
    fail_at_once,
    kill,
    settings_for,
    start_run,
)
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer
from podcast_insights_tests.integration.tables import Rows, query, timeless_rows
from podcast_insights_tests.transcripts.conftest import write_checkpoint

SITE = bundled_path("demo") / "site"
UNTIL_DIGEST = DAY_ASSETS[:-1]
PATIENCE_S = 60.0

PipelineFor = Callable[[Settings], Pipeline]


@pytest.fixture(scope="module")
def web() -> Iterator[PodcastServer]:
    with PodcastServer().running() as server:
        yield server


@pytest.fixture(scope="module")
def pipeline_for() -> Iterator[PipelineFor]:
    """Makes a pipeline that is released at the end."""
    with ExitStack() as stack:
        yield lambda settings: stack.enter_context(closing(Pipeline(settings)))


@pytest.fixture(scope="module")
def two_shows(web: PodcastServer) -> Sequence[str]:
    """Two shows with transcripts on two days."""
    return [
        publish(
            web,
            "Pipeline Weather",
            "pipeline-weather",
            (DAY, "a-full-queue-is-a-decision.vtt"),
            (NEXT_DAY, "backfills-without-fear.vtt"),
        ),
        publish(
            web,
            "Long Road",
            "long-road",
            (DAY, "the-number-that-ate-the-team.srt"),
            (NEXT_DAY, "decide-like-you-can-undo-it.srt"),
        ),
    ]


def publish(web: PodcastServer, name: str, folder: str, *episodes: tuple[date, str]) -> str:
    items = []
    for day, file in episodes:
        path = f"/transcripts/{folder}/{file}"
        web.serves(path, (SITE / "transcripts" / folder / file).read_bytes(), "text/vtt")
        items.append(Item(title=file, published_at=at_noon(day), transcript=path))
    return web.publishes(name, items)


@pytest.fixture(scope="module")
def undisturbed(
    two_shows: Sequence[str], tmp_path_factory: pytest.TempPathFactory, pipeline_for: PipelineFor
) -> Pipeline:
    """Both days as they are when nothing happens."""
    pipeline = pipeline_for(settings_for(tmp_path_factory.mktemp("undisturbed"), two_shows))
    pipeline.poll()
    for day in (DAY, NEXT_DAY):
        assert pipeline.make(day).is_success
    return pipeline


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class BadDay:
    """What a bad day left; ``skipped`` holds title (or end of a feed's address), stage, reason and message."""

    run: DayRun
    skipped: Sequence[tuple[str, str, str, str]]
    pipeline: Pipeline


@pytest.fixture(scope="module")
def bad_day(web: PodcastServer, tmp_path_factory: pytest.TempPathFactory, pipeline_for: PipelineFor) -> BadDay:
    folder = tmp_path_factory.mktemp("bad")
    # The header of an mp3 states the whole length, however much of the file is there.
    whole = write_audio(folder / "whole.mp3", tone(90), codec="libmp3lame").read_bytes()
    web.serves("/audio/cut.mp3", whole[: len(whole) * 2 // 3])
    web.serves("/audio/stump.mp3", whole[: len(whole) // 9])
    web.serves("/audio/page.mp3", b"<!doctype html><html><body>Sign in to listen</body></html>")
    web.breaks_off("/audio/broken-off.mp3", whole, after_bytes=1000)
    web.serves("/transcripts/empty.vtt", b"", "text/vtt")
    noon = at_noon(DAY)
    bad = [
        Item(title="no audio", published_at=noon),
        Item(title="cut", published_at=noon, audio="/audio/cut.mp3"),
        Item(title="stump", published_at=noon, audio="/audio/stump.mp3"),
        Item(title="a page", published_at=noon, audio="/audio/page.mp3"),
        Item(title="broken off", published_at=noon, audio="/audio/broken-off.mp3"),
        Item(title="empty transcript", published_at=noon, transcript="/transcripts/empty.vtt"),
    ]
    feeds = [
        publish(web, "Fine", "plain-prompt", (DAY, "grade-the-answer-first.json")),
        web.publishes("Bad", bad),
        f"http://127.0.0.1:{closed_port()}/dead.xml",
        web.serves("/feeds/page.xml", b"<!doctype html><html><body>This domain is for sale</body></html>", "text/html"),
        web.base_url + "/feeds/missing.xml",
    ]
    pipeline = pipeline_for(settings_for(folder / "data", feeds))
    assert pipeline.poll().is_success
    run = pipeline.make()
    rows = query(
        pipeline.store,
        "SELECT coalesce(feed_items.title, configured_url), stage, reason, message FROM skipped "
        "LEFT JOIN feed_items ON subject_id = episode_id LEFT JOIN shows ON subject_id = shows.show_id",
        "skipped",
        "feed_items",
        "shows",
    )
    skipped = [(subject.rpartition("/")[2], stage, reason, message) for subject, stage, reason, message in rows]
    return BadDay(run, skipped, pipeline)


class TestABadDay:
    """One day on which most of what can be wrong is wrong at once, and one show that is fine."""

    def test_nothing_of_it_stops_the_day(self, bad_day: BadDay) -> None:
        shows = query(bad_day.pipeline.store, "SELECT DISTINCT show_title FROM digest_entries", "digest_entries")

        assert bad_day.run.is_success
        assert [check.rpartition(": ")[0] for check in bad_day.run.failed_checks] == [
            "audio: audio_files_no_warnings (audio_files_are_not_damaged"
        ]
        assert shows == [("Fine",)]

    @pytest.mark.parametrize(
        ("subject", "stage", "reason", "words"),
        [
            ("dead.xml", "feeds", "failing", "could not be read"),
            ("page.xml", "feeds", "failing", "web page, not a feed"),
            ("missing.xml", "feeds", "failing", "404"),
            ("no audio", "episodes", "no_media", "neither audio nor a transcript"),
            ("cut", "transcripts", "whisper", "transcription.model"),
            ("stump", "audio", "bad_audio", "is damaged: only"),
            ("a page", "audio", "bad_audio", "an HTML page"),
            ("broken off", "audio", "network", "could not be read"),
            ("empty transcript", "transcripts", "no_audio", "no transcript that can be used"),
        ],
    )
    def test_each_bad_thing_is_recorded_where_it_stopped(
        self, bad_day: BadDay, subject: str, stage: str, reason: str, words: str
    ) -> None:
        messages = [message for *which, message in bad_day.skipped if which == [subject, stage, reason]]

        assert len(messages) == 1
        assert words in messages[0]

    def test_nothing_is_recorded_twice(self, bad_day: BadDay) -> None:
        subjects = [subject for subject, *_ in bad_day.skipped]
        assert len(subjects) == len(set(subjects))

    def test_audio_that_is_damaged_and_long_enough_is_kept_and_flagged(self, bad_day: BadDay) -> None:
        files = query(
            bad_day.pipeline.store,
            "SELECT is_damaged, duration_s, declared_duration_s FROM audio_files",
            "audio_files",
        )

        assert [(is_damaged, declared_s) for is_damaged, _, declared_s in files] == [(True, pytest.approx(90, abs=0.2))]
        assert files[0][1] == pytest.approx(60, abs=1)

    def test_what_became_of_the_empty_transcript_is_told(self, bad_day: BadDay) -> None:
        links = query(
            bad_day.pipeline.store,
            "SELECT url, reason FROM publisher_transcripts WHERE NOT is_usable",
            "publisher_transcripts",
        )

        assert [(url.rpartition("/")[2], reason) for url, reason in links] == [("empty.vtt", "unreadable")]


class TestALanguageModelThatFails:
    def test_rubbish_and_an_outage_cost_insights_only_until_the_model_works(
        self, two_shows: Sequence[str], tmp_path: Path, httpserver: HTTPServer, pipeline_for: PipelineFor
    ) -> None:
        # Two episodes: where three of two shows fail alike, the whole stage is tried again after half a minute.
        pipeline = pipeline_for(
            settings_for(tmp_path, two_shows, insights=llm_at(FakeModelServer(httpserver).talks_rubbish()))
        )
        pipeline.poll()

        assert pipeline.make().is_success
        assert {reason for reason, _ in skips(pipeline)} == {"llm"}
        assert all("rubbish" not in message and message for _, message in skips(pipeline))
        digest = pipeline.store.digests.of_day(DAY)
        assert digest is not None
        assert digest.entries == ()

        no_server = InsightSettings(model="parrot-1", base_url=f"http://127.0.0.1:{closed_port()}/v1", timeout_s=5)
        down = pipeline_for(settings_for(tmp_path, two_shows, insights=no_server))
        assert down.make(DAY, "insights").is_success
        assert [reason for reason, _ in skips(down)] == ["llm_unavailable"] * 2

        httpserver.clear()
        works = FakeModelServer(httpserver).answers_with(quoting)
        mended = pipeline_for(settings_for(tmp_path, two_shows, insights=llm_at(works)))
        assert mended.make(DAY, "insights", "daily_digest").is_success
        assert skips(mended) == []
        digest = mended.store.digests.of_day(DAY)
        assert digest is not None
        assert len(digest.entries) == 2


def llm_at(server: FakeModelServer) -> InsightSettings:
    return InsightSettings(extractor="llm", model="parrot-1", base_url=server.base_url, timeout_s=20, workers=1)


def skips(pipeline: Pipeline) -> list[tuple[str, str]]:
    return list(query(pipeline.store, "SELECT reason, message FROM skipped WHERE stage = 'insights'", "skipped"))


def quoting(prompt: str) -> list[dict[str, object]]:
    """Answer with a sentence of the transcript that is in the prompt, about what it is about."""
    for sentence in SENTENCES:
        if sentence in prompt:
            return [proposal(sentence, claim=sentence, explanation=sentence)]
    return []


SENTENCES = (
    "A queue fed by people clicking buttons should be planned at sixty to seventy percent, because people arrive in "
    "bursts.",
    "When a measure becomes a target, people improve the measure, and the cheapest way to improve a measure is rarely "
    "to improve the thing behind it.",
)


class StallingModelServer(FakeModelServer):
    """Answers with quotes, but keeps the ``number``-th request waiting until it is told to go on."""

    def __init__(self, server: HTTPServer, *, number: int) -> None:
        super().__init__(server)
        self.is_stalled, self._goes_on, self._number = threading.Event(), threading.Event(), number
        self.answers_with(self._answer)

    def _answer(self, prompt: str) -> list[dict[str, object]]:
        if len(self.requests) == self._number:
            self.is_stalled.set()
            self._goes_on.wait(PATIENCE_S)
        return quoting(prompt)

    def goes_on(self) -> None:
        self._goes_on.set()


class TestDamagedFiles:
    @pytest.fixture
    def pipeline(
        self, two_shows: Sequence[str], undisturbed: Pipeline, tmp_path: Path, pipeline_for: PipelineFor
    ) -> Pipeline:
        """A copy of what was made undisturbed."""
        shutil.copytree(str(undisturbed.store.base), tmp_path, dirs_exist_ok=True)
        return pipeline_for(settings_for(tmp_path, two_shows))

    def test_damaged_days_are_made_again_from_artifacts(self, pipeline: Pipeline, web: PodcastServer) -> None:
        before = timeless_rows(pipeline.store)
        damaged = [
            pipeline.store.warehouse.files(name)[0] for name in ("segments", "insights", "publisher_transcripts")
        ]
        for file in damaged:
            file.write_bytes(b"PAR1" + bytes(200))
        web.asked.clear()

        assert pipeline.make(DAY, *UNTIL_DIGEST[1:]).is_success
        assert timeless_rows(pipeline.store) == before
        assert web.asked == []

    def test_damaged_artifacts_are_made_again(self, pipeline: Pipeline, web: PodcastServer) -> None:
        before = timeless_rows(pipeline.store)
        of_day = {insight.fingerprint for insight in pipeline.store.insights.of_day(DAY)}
        whole = {path: path.read_bytes() for path in artifacts(pipeline, "insights") if path.stem in of_day}
        for path, content in whole.items():
            path.write_bytes(content[: len(content) // 2])
        for path in artifacts(pipeline, "tried_links"):
            path.write_bytes(b"")
        web.asked.clear()

        assert pipeline.make(DAY, *UNTIL_DIGEST).is_success
        assert len(whole) == 2
        assert {path: path.read_bytes() for path in whole} == whole
        assert timeless_rows(pipeline.store) == before
        assert [status for _, status in web.asked] == [200, 200]


def artifacts(pipeline: Pipeline, kind: str) -> list[Path]:
    return sorted(Path(str(pipeline.store.base)).glob(f"artifacts/{kind}/*/*.json"))


class TestAFullDisk:
    def test_a_full_disk_fails_the_run_and_loses_nothing(
        self, two_shows: Sequence[str], undisturbed: Pipeline, tmp_path: Path, pipeline_for: PipelineFor
    ) -> None:
        settings = settings_for(small_disk.mount(), two_shows)
        pipeline = pipeline_for(settings)
        pipeline.poll()
        before = set(small_disk.SmallDisk.store)
        # The table episodes, what was skipped, what the checks found, and one of the two transcripts.
        small_disk.SmallDisk.writes_left = 4

        (failure,) = fail_at_once(settings, tmp_path, DAY, "episodes", "publisher_transcripts")
        assert "no space left; free some, or point storage.base_url elsewhere" in failure
        assert len(set(small_disk.SmallDisk.store) - before) == 4

        small_disk.SmallDisk.writes_left = float("inf")
        assert pipeline.make(DAY, "publisher_transcripts", "audio", "transcripts").is_success
        assert rows_of(DAY, pipeline) == rows_of(DAY, undisturbed)


def rows_of(day: date, pipeline: Pipeline) -> Rows:
    """Return the words of a day."""
    return query(
        pipeline.store,
        f"SELECT * FROM segments WHERE episode_date = DATE '{day}' ORDER BY ALL",
        "segments",
    )


class TestAKilledRun:
    def test_insights_that_were_paid_for_are_not_paid_for_again(
        self, two_shows: Sequence[str], tmp_path: Path, httpserver: HTTPServer, pipeline_for: PipelineFor
    ) -> None:
        server = StallingModelServer(httpserver, number=2)
        settings = settings_for(tmp_path, two_shows, insights=llm_at(server))
        pipeline = pipeline_for(settings)
        pipeline.poll()
        pipeline.make(DAY, "episodes", "publisher_transcripts", "audio", "transcripts")
        child = start_run(settings, DAY, "insights")
        assert server.is_stalled.wait(PATIENCE_S)
        kill(child)
        (finished,) = artifacts(pipeline, "insights")
        written_at = finished.stat().st_mtime_ns
        server.goes_on()

        assert pipeline.make(DAY, "insights").is_success
        assert finished.stat().st_mtime_ns == written_at
        assert len(artifacts(pipeline, "insights")) == 2
        assert sorted(server.prompts.count(prompt) for prompt in set(server.prompts)) == [1, 2]
        assert sorted(query(pipeline.store, "SELECT quote FROM insights", "insights")) == [(one,) for one in SENTENCES]

    def test_a_long_transcription_goes_on_after_its_last_finished_window(
        self, web: PodcastServer, tmp_path: Path, pipeline_for: PipelineFor
    ) -> None:
        web.serves("/audio/long.opus", (SITE / "audio" / "night-lab" / "a-minute-on-morning-light.opus").read_bytes())
        feed = web.publishes("Long", [Item(title="long", published_at=at_noon(DAY), audio="/audio/long.opus")])
        model = write_checkpoint(tmp_path / "parrot.pt")
        killed, calm = (
            pipeline_for(settings_for(tmp_path / name, [feed], model=model, batch_size=1))
            for name in ("killed", "calm")
        )
        for pipeline in (killed, calm):
            pipeline.poll()
            assert pipeline.make(DAY, "episodes", "publisher_transcripts", "audio").is_success
        child = start_run(killed.settings, DAY, "transcripts")
        wait_for(lambda: len(artifacts(killed, "windows")) >= 1)
        kill(child)
        finished = {path: path.stat().st_mtime_ns for path in artifacts(killed, "windows")}

        assert killed.make(DAY, "transcripts").is_success
        assert calm.make(DAY, "transcripts").is_success
        names = [path.name for path in artifacts(calm, "windows")]
        assert 1 <= len(finished) < len(names)
        assert [path.name for path in artifacts(killed, "windows")] == names
        assert finished == {path: path.stat().st_mtime_ns for path in finished}
        assert timeless_rows(killed.store) == timeless_rows(calm.store)


def wait_for(condition: Callable[[], bool]) -> None:
    """Look until it holds."""
    waited_until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < waited_until, "it never happened"
        time.sleep(0.01)


class TestTwoDaysAtOnce:
    def test_two_days_in_two_processes_lose_nothing(
        self, two_shows: Sequence[str], undisturbed: Pipeline, tmp_path: Path, pipeline_for: PipelineFor
    ) -> None:
        settings = settings_for(tmp_path, two_shows)
        pipeline = pipeline_for(settings)
        pipeline.poll()
        child = start_run(settings, NEXT_DAY, *UNTIL_DIGEST)
        assert pipeline.make(DAY, *UNTIL_DIGEST).is_success
        child.join(PATIENCE_S)

        assert child.exitcode == 0
        made, alone = timeless_rows(pipeline.store), timeless_rows(undisturbed.store)
        tables = ("episodes", "publisher_transcripts", "audio_files", "transcripts", "segments", "insights", "skipped")
        assert {name: made[name] for name in tables} == {name: alone[name] for name in tables}
