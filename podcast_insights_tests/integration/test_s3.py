"""Everything in an object store: moto answers as Amazon's S3 does, over real HTTP on loopback."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from podcast_insights.delivery.publish import publish
from podcast_insights.delivery.values import SiteFile
from podcast_insights.errors import SettingsError, StorageError
from podcast_insights.storage.store import Store
from podcast_insights_tests.audio.fakes import tone, write_audio
from podcast_insights_tests.integration.pipeline import DAY, Pipeline, at_noon, settings_for
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer
from podcast_insights_tests.storage.examples import a_transcript
from podcast_insights_tests.transcripts.conftest import write_checkpoint

BUCKET = "s3://podcasts"
UNTIL_TRANSCRIPTS = ("episodes", "publisher_transcripts", "audio", "transcripts")


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A bucket, and the environment that leads there; s3fs remembers nothing from before, and forgets it at the end."""
    from moto.server import ThreadedMotoServer
    from s3fs import S3FileSystem

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            environment.delenv(name)
        environment.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        # One that was opened without credentials stays so, whatever the environment says later.
        S3FileSystem.clear_instance_cache()
        S3FileSystem().mkdir(BUCKET)
        yield BUCKET
        S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.fixture(scope="module")
def web() -> Iterator[PodcastServer]:
    with PodcastServer().running() as server:
        yield server


def test_a_file_is_kept_listed_lent_and_removed(s3: str, tmp_path: Path) -> None:
    blobs = Store(f"{s3}/blobs-only").blobs
    download = tmp_path / "a.part"
    download.write_bytes(b"audio" * 1000)

    assert blobs.files("audio") == ()
    blobs.store("audio/a.mp3", download)

    (listed,) = blobs.files("audio")
    assert (listed.key, listed.size_bytes, listed.stored_at.tzinfo) == ("audio/a.mp3", 5000, UTC)
    assert abs((datetime.now(UTC) - listed.stored_at).total_seconds()) < 60
    assert not download.exists()
    with blobs.local("audio/a.mp3") as path:
        assert path.read_bytes() == b"audio" * 1000
    with pytest.raises(FileNotFoundError), blobs.local("audio/none.mp3"):
        pass
    blobs.remove("audio/a.mp3")
    blobs.remove("audio/a.mp3")
    assert not blobs.exists("audio/a.mp3")


def test_the_pages_are_published_to_a_bucket_as_what_they_are(s3: str) -> None:
    from s3fs import S3FileSystem

    folder = Store(f"{s3}/with-a-site").site_folder(f"{s3}/www/insights")
    kinds = {
        "index.html": "text/html",
        "assets/style.css": "text/css",
        "assets/search.js": "text/javascript",
        "feed.xml": "application/xml",
        "api/v1/index.json": "application/json",
        "cards/days/2026-11-13.png": "image/png",
    }
    files = [SiteFile(path=path, key="1", make=lambda path=path: path.encode()) for path in kinds]

    assert publish(files, folder).written == tuple(sorted(kinds))
    told = {path: S3FileSystem().info(f"{s3}/www/insights/{path}")["ContentType"] for path in kinds}
    assert told == kinds
    assert publish(files, folder).made == 0
    assert publish(files[:2], folder).removed == tuple(sorted(path for path in kinds if path not in list(kinds)[:2]))
    assert not (folder / "feed.xml").exists()


def test_what_another_process_writes_is_seen(s3: str) -> None:
    from s3fs import S3FileSystem

    store = Store(f"{s3}/shared")
    store.transcripts.replace_day(DAY, [a_transcript("a")])
    assert store.transcripts.heard_ids() == {"a"}
    other_s3 = S3FileSystem(skip_instance_cache=True)
    (file,) = store.warehouse.files("transcripts")
    other_s3.copy(str(file), str(file).replace(f"{DAY}", "2026-01-01"))

    assert store.warehouse.partitions("transcripts") == ("date=2026-01-01", f"date={DAY}")


def test_a_query_over_many_days_asks_twice_for_each(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from s3fs import S3FileSystem

    store = Store(f"{s3}/many-days")
    for day in range(1, 21):
        store.transcripts.replace_day(date(2026, 11, day), [a_transcript("a")])
    asked: list[str] = []
    call_s3 = S3FileSystem._call_s3

    async def counted(self: S3FileSystem, method: str, *arguments: Any, **options: Any) -> Any:
        asked.append(method)
        return await call_s3(self, method, *arguments, **options)

    monkeypatch.setattr(S3FileSystem, "_call_s3", counted)
    partitions = [f"date=2026-11-{day:02d}" for day in range(1, 29)]
    with store.warehouse.connect(["transcripts"], partitions=partitions) as connection:
        found = connection.execute("SELECT count(*), count(DISTINCT episode_id) FROM transcripts").fetchone()

    assert found == (20, 1)
    assert asked.count("get_object") == 20
    # fsspec looks whether each is there, all at once; before, there were thirty questions for each, in turn.
    assert len(asked) <= 45


def test_finished_months_of_a_bucket_are_gathered_and_changes_in_them_seen(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from s3fs import S3FileSystem

    store = Store(f"{s3}/gathered-months")
    days = [date(2026, month, day) for month in (9, 10) for day in range(1, 11)]
    for day in days:
        store.transcripts.replace_day(day, [a_transcript(f"{day}")])
    assert store.transcripts.heard_ids() == set(map(str, days))
    asked: list[str] = []
    call_s3 = S3FileSystem._call_s3

    async def counted(self: S3FileSystem, method: str, *arguments: Any, **options: Any) -> Any:
        asked.append(method)
        return await call_s3(self, method, *arguments, **options)

    monkeypatch.setattr(S3FileSystem, "_call_s3", counted)
    assert store.transcripts.heard_ids() == set(map(str, days))
    assert asked.count("get_object") == 11, "one month, and the days of the newest"
    store.transcripts.replace_day(days[3], [a_transcript("another")])
    assert store.transcripts.heard_ids() == {*map(str, days), "another"} - {f"{days[3]}"}


def test_a_damaged_file_of_a_bucket_is_set_aside_there(s3: str) -> None:
    store = Store(f"{s3}/damaged")
    store.transcripts.replace_day(DAY, [a_transcript("a")])
    (file,) = store.warehouse.files("transcripts")
    file.write_bytes(b"PAR1 and nothing else")

    assert store.transcripts.heard_ids() == set()
    assert [path.name for path in store.warehouse.damaged_files()] == ["data.parquet.damaged"]


def test_a_day_with_audio_is_ingested_into_a_bucket(s3: str, web: PodcastServer, tmp_path: Path) -> None:
    sound = write_audio(tmp_path / "a.mp3", tone(3), codec="libmp3lame").read_bytes()
    web.serves("/audio/tone.mp3", sound)
    feed = web.publishes("Tones", [Item(title="a tone", published_at=at_noon(DAY), audio="/audio/tone.mp3")])
    model = write_checkpoint(tmp_path / "parrot.pt")
    with closing(Pipeline(settings_for(f"{s3}/whole", [feed], model=model))) as pipeline:
        runs = [pipeline.poll(), pipeline.make(DAY, *UNTIL_TRANSCRIPTS), pipeline.make(DAY, "audio")]
        store = pipeline.store

    assert [run.failures for run in runs] == [()] * 3
    (audio,) = store.audio_files.of_day(DAY)
    assert [file.key for file in store.blobs.files("audio")] == [audio.blob_key]
    with store.blobs.local(audio.blob_key) as path:
        assert path.read_bytes() == sound
    assert [path for path, _ in web.asked].count("/audio/tone.mp3") == 1
    assert [transcript.source for transcript in store.transcripts.of_day(DAY)] == ["whisper"]
    assert store.transcripts.heard_ids() == {audio.episode_id}


def test_a_store_that_refuses_is_a_storage_error(s3: str) -> None:
    store = Store("s3://no-such-bucket/data")

    with pytest.raises(StorageError, match=r"s3://no-such-bucket.*storage\.base_url"):
        store.blobs.store_bytes("a", b"x")


def test_a_store_that_is_not_there_is_a_storage_error(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from s3fs import S3FileSystem

    S3FileSystem.clear_instance_cache()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    store = Store("s3://podcasts/elsewhere")
    calls = [
        lambda: store.blobs.exists("a"),
        lambda: store.blobs.files("audio"),
        lambda: store.blobs.store_bytes("a", b"x"),
        lambda: store.warehouse.partitions("shows"),
        lambda: store.warehouse.read("shows", "show=a"),
    ]
    for call in calls:
        with pytest.raises(StorageError, match=r"s3://podcasts/elsewhere.*storage\.base_url"):
            call()
    S3FileSystem.clear_instance_cache()


def test_an_address_that_nothing_knows_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(SettingsError, match=r"storage\.base_url begins with pigeon://"):
        Store("pigeon://coop/data")
