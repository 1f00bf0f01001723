"""What vacuum removes, by table and on a real store, and what it never does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from upath import UPath

from podcast_insights.audio.values import StoredFile
from podcast_insights.operations.vacuum import VacuumPlan, plan_vacuum
from podcast_insights.settings import AudioSettings, Settings, StorageSettings
from podcast_insights.storage.inventory import Inventory
from podcast_insights.storage.store import Store
from podcast_insights_tests.cli.conftest import Desk, desk  # noqa: F401 - a fixture
from podcast_insights_tests.storage.examples import DAY, a_transcript

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SETTINGS = Settings(
    audio=AudioSettings(keep_audio_days=14),
    storage=StorageSettings(keep_feed_bodies_days=90, keep_windows_days=30, keep_llm_calls_days=400),
)


def planned(key: str, days: float, settings: Settings = SETTINGS) -> VacuumPlan:
    file = StoredFile(key=key, size_bytes=10, stored_at=NOW - timedelta(days=days))
    return plan_vacuum([file], heard_ids={"heard"}, known_ids={"heard", "unheard"}, settings=settings, now=NOW)


@pytest.mark.parametrize(
    ("key", "days", "reason"),
    [
        ("blobs/audio/heard.mp3", 15, "heard audio"),
        ("blobs/audio/heard.mp3", 13, None),
        ("blobs/audio/unheard.mp3", 400, None),
        ("blobs/audio/stranger.mp3", 4, "audio of no episode"),
        ("blobs/audio/stranger.mp3", 1, None),
        ("blobs/feeds/show1/abc.xml.gz", 91, "feed bodies"),
        ("blobs/feeds/show1/abc.xml.gz", 89, None),
        ("artifacts/windows/ab/abcd.json", 31, "finished windows"),
        ("artifacts/windows/ab/abcd.json", 29, None),
        ("artifacts/transcripts/ab/abcd.json", 4000, None),
        ("artifacts/insights/ab/abcd.json", 4000, None),
        ("warehouse/llm_calls/date=2025-10-01/data.parquet", 1, "language model calls"),
        ("warehouse/llm_calls/date=2025-10-01/2f1c09.parquet", 1, "language model calls"),
        ("warehouse/llm_calls/date=2026-11-01/data.parquet", 4000, None),
        ("warehouse/llm_calls/date=nonsense/data.parquet", 4000, None),
        ("gathered/llm_calls/2025-10.parquet", 1, "language model calls"),
        ("gathered/llm_calls/2026-11.parquet", 1, None),
        ("gathered/llm_calls/nonsense.parquet", 4000, None),
        ("gathered/insights/2020-01.parquet", 4000, None),
        ("warehouse/insights/date=2020-01-01/data.parquet", 4000, None),
        ("warehouse/insights/date=2020-01-01/.data.parquet.x1.tmp", 4, "leftovers"),
        ("warehouse/insights/date=2020-01-01/.data.parquet.x1.tmp", 2, None),
        ("partial/unheard.part", 4, "leftovers"),
        ("partial/unheard.part", 2, None),
        ("outbox/2020-01-01/smtp-abc.json", 4000, None),
        ("site/days/2020-01-01/index.html", 4000, None),
        ("podcast_insights.duckdb", 4000, None),
        ("locks/2020-01-01.lock", 4000, None),
    ],
)
def test_only_what_nothing_needs_goes(key: str, days: float, reason: str | None) -> None:
    assert list(planned(key, days).removed) == ([reason] if reason else [])


@pytest.mark.parametrize(
    "key", ["blobs/audio/heard.mp3", "blobs/feeds/s/a.xml.gz", "artifacts/windows/ab/a.json",
            "warehouse/llm_calls/date=2020-01-01/data.parquet"],
)  # fmt: skip
def test_what_is_kept_for_ever_is(key: str) -> None:
    for_ever = Settings(
        audio=AudioSettings(keep_audio_days=None),
        storage=StorageSettings(keep_feed_bodies_days=None, keep_windows_days=None, keep_llm_calls_days=None),
    )

    assert planned(key, 4000, for_ever).removed == {}


def test_sizes_are_told_by_part_the_largest_first() -> None:
    files = [
        StoredFile(key=key, size_bytes=size_bytes, stored_at=NOW)
        for key, size_bytes in [
            ("blobs/audio/a.mp3", 7),
            ("blobs/audio/b.mp3", 8),
            ("site/a/b.html", 20),
            ("a.db", 1),
            ("gathered/a/b.parquet", 2),
        ]
    ]
    plan = plan_vacuum(files, heard_ids=(), known_ids=(), settings=SETTINGS, now=NOW)

    assert list(plan.bytes_by_part.items()) == [("site", 20), ("blobs/audio", 15), ("gathered", 2), ("a.db", 1)]
    assert plan.freed_bytes == 0


def test_the_inventory_holds_every_file_wherever_it_is(base: UPath) -> None:
    keys = ["blobs/audio/a.mp3", "site/index.html"]
    for key in keys:
        (base / key).parent.mkdir(parents=True, exist_ok=True)
        (base / key).write_bytes(b"12345")
    inventory = Inventory(base)

    found = inventory.files()
    assert [(file.key, file.size_bytes) for file in found] == [(key, 5) for key in keys]
    assert all(file.stored_at.tzinfo is not None for file in found)

    inventory.remove(keys[0])
    inventory.remove(keys[0])
    assert [file.key for file in inventory.files()] == keys[1:]


def test_the_command_says_what_may_go_and_removes_it_only_when_meant(desk: Desk) -> None:  # noqa: F811
    desk.writes("audio: {keep_audio_days: 0}\n")
    store = Store(str(desk.path.with_name("data")))
    store.transcripts.replace_day(DAY, [a_transcript("heard")])
    audio = Path(str(store.base)) / "blobs" / "audio"
    for name in ("heard", "unheard"):
        store.blobs.store_bytes(f"audio/{name}.mp3", b"x" * 1000)

    assert "1 file would be removed: 0.0 MB." in " ".join(desk.runs("vacuum", "--dry-run").output.split())
    assert len(list(audio.iterdir())) == 2
    assert "1 file was removed: 0.0 MB." in " ".join(desk.runs("vacuum").output.split())
    assert [path.name for path in audio.iterdir()] == ["unheard.mp3"]


def test_the_upgrade_says_how_much_it_did(desk: Desk) -> None:  # noqa: F811
    desk.writes("shows: []\n")

    assert "0 files were rewritten as this version writes them." in desk.runs("upgrade").output
