"""A run's time for transcribing, from its tags to the digest that says what is missing."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from podcast_insights.defs.run_tags import UNTIL, digest_tags, ingest_tags, is_time_up
from podcast_insights.skips import Skip
from podcast_insights_tests.defs.stored_days import a_world_with_a_good_day
from podcast_insights_tests.storage.examples import DAY, NOW

UNTIL_NINE = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tags", "hour", "is_up"),
    [
        ({}, 23, False),
        ({UNTIL: UNTIL_NINE.isoformat()}, 8, False),
        ({UNTIL: UNTIL_NINE.isoformat()}, 9, True),
        (ingest_tags(5, UNTIL_NINE), 10, True),
        (digest_tags(DAY, today=DAY, until=UNTIL_NINE), 8, False),
    ],
)
def test_only_a_run_that_was_told_so_has_an_end(tags: dict[str, str], hour: int, is_up: bool) -> None:
    context: Any = SimpleNamespace(run=SimpleNamespace(tags=tags))

    assert is_time_up(context, lambda: UNTIL_NINE.replace(hour=hour)) is is_up


def test_a_digest_counts_what_was_not_ready(tmp_path: Path) -> None:
    world = a_world_with_a_good_day(tmp_path)
    skips = [
        Skip(stage="transcripts", show_id="show1", subject_id=name, reason=reason, message="m", retryable=retryable)
        for name, reason, retryable in [("late", "out_of_time", True), ("silent", "no_speech", False)]
    ]
    world.store.skipped.replace("transcripts", DAY, skips, now=NOW)

    run = world.runs("digest_job", DAY, "daily_digest")

    digest = world.store.digests.of_day(DAY)
    assert digest is not None
    assert digest.unfinished_episodes == run.metadata["daily_digest"]["unfinished_episodes"] == 1
    assert "One episode of the day was not ready in time" in str(run.metadata["daily_digest"]["digest"])
