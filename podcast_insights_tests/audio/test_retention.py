from collections.abc import Collection
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_insights.audio.retention import ASSUMED_BYTES, expected_bytes, plan_retention
from podcast_insights.audio.values import StoredFile
from podcast_insights.settings import AudioSettings
from podcast_insights_tests.audio.fakes import NOW, episode

MB = 10**6


def file(number: int, *, age_days: float = 1, mb: float = 100) -> StoredFile:
    stored_at = NOW - timedelta(days=age_days)
    return StoredFile(key=f"audio/episode{number}.mp3", size_bytes=int(mb * MB), stored_at=stored_at)


def numbers(files: Collection[StoredFile]) -> list[int]:
    return [int(file.key.removeprefix("audio/episode").removesuffix(".mp3")) for file in files]


@pytest.mark.parametrize(
    ("keep_audio_days", "removed"),
    [(None, []), (14, [3]), (7, [3, 2]), (0, [3, 2, 1]), (365, [])],
)
def test_what_was_heard_goes_when_it_is_old(keep_audio_days: int | None, removed: list[int]) -> None:
    files = [file(1, age_days=1), file(2, age_days=8), file(3, age_days=15), file(4, age_days=400)]

    plan = plan_retention(
        files,
        [],
        heard_ids={"episode1", "episode2", "episode3"},
        settings=AudioSettings(keep_audio_days=keep_audio_days),
        now=NOW,
    )

    assert numbers(plan.removed) == removed
    assert plan.used_bytes == (4 - len(removed)) * 100 * MB


@pytest.mark.parametrize(
    ("max_disk_gb", "wanted", "removed", "allowed"),
    [
        # 400 MB are there: 1 to 3 were heard, 3 is the oldest; a new one of 80 MB may grow to 100 MB.
        (1.0, [], [], []),
        (0.45, [], [], []),
        (0.35, [], [3], []),
        (0.15, [], [3, 2, 1], []),
        (0.05, [], [3, 2, 1], []),
        (1.0, [11], [], [11]),
        (0.45, [11], [3], [11]),
        (0.45, [11, 12], [3, 2], [11, 12]),
        (0.2, [11, 12], [3, 2, 1], [12]),
        (0.15, [11, 12], [3, 2, 1], []),
    ],
)
def test_over_the_budget_the_oldest_that_was_heard_goes_and_the_newest_comes(
    max_disk_gb: float, wanted: list[int], removed: list[int], allowed: list[int]
) -> None:
    files = [file(1, age_days=1), file(2, age_days=2), file(3, age_days=3), file(4, age_days=4)]

    plan = plan_retention(
        files,
        [episode(number, length_bytes=80 * MB) for number in wanted],
        heard_ids={"episode1", "episode2", "episode3"},
        settings=AudioSettings(max_disk_gb=max_disk_gb),
        now=NOW,
    )

    assert numbers(plan.removed) == removed
    assert sorted(plan.allowed_bytes) == [f"episode{number}" for number in allowed]


def test_without_a_budget_every_file_may_be_as_large_as_any() -> None:
    plan = plan_retention(
        [], [episode(1), episode(2)], heard_ids=(), settings=AudioSettings(max_file_bytes=5000), now=NOW
    )

    assert plan.allowed_bytes == {"episode1": 5000, "episode2": 5000}


def test_what_is_left_over_is_shared() -> None:
    plan = plan_retention(
        [],
        [episode(1, length_bytes=80 * MB), episode(2, length_bytes=160 * MB)],
        heard_ids=(),
        settings=AudioSettings(max_disk_gb=0.4, max_file_bytes=240 * MB),
        now=NOW,
    )

    assert plan.allowed_bytes == {"episode1": 150 * MB, "episode2": 240 * MB}


@pytest.mark.parametrize(
    ("length_bytes", "expected"),
    [
        (None, ASSUMED_BYTES),
        (0, ASSUMED_BYTES),
        (1, ASSUMED_BYTES),
        (3600, ASSUMED_BYTES),
        (40 * MB, 50 * MB),
        (10**14, 10**9),
    ],
)
def test_a_size_that_cannot_be_is_not_believed(length_bytes: int | None, expected: int) -> None:
    assert expected_bytes(episode(1, length_bytes=length_bytes), AudioSettings(max_file_bytes=10**9)) == expected


@settings(max_examples=200, deadline=None)
@given(
    stored=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 300), st.booleans()), max_size=8),
    wanted=st.lists(st.one_of(st.none(), st.integers(0, 400)), max_size=8),
    budget_mb=st.integers(1, 1500),
    keep_audio_days=st.one_of(st.none(), st.integers(0, 20)),
)
def test_what_must_be_heard_stays_and_what_comes_fits(
    stored: list[tuple[int, int, bool]], wanted: list[int | None], budget_mb: int, keep_audio_days: int | None
) -> None:
    files = [file(100 + n, age_days=age, mb=mb) for n, (age, mb, _) in enumerate(stored)]
    heard = {f"episode{100 + n}" for n, (_, _, is_heard) in enumerate(stored) if is_heard}
    limits = AudioSettings(max_disk_gb=budget_mb / 1000, keep_audio_days=keep_audio_days)

    plan = plan_retention(
        files,
        [episode(1 + n, length_bytes=None if mb is None else mb * MB) for n, mb in enumerate(wanted)],
        heard_ids=heard,
        settings=limits,
        now=NOW,
    )

    kept = [file for file in files if file not in plan.removed]
    assert {f"episode{number}" for number in numbers(plan.removed)} <= heard
    assert plan.used_bytes == sum(file.size_bytes for file in kept)
    assert plan.used_bytes + sum(plan.allowed_bytes.values()) <= max(budget_mb * MB, plan.used_bytes)
