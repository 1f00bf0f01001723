"""How many of a day's episodes came how far."""

from dataclasses import replace
from datetime import timedelta

from podcast_insights.feeds.values import DecidedEpisode
from podcast_insights.skips import Skip
from podcast_insights.storage import by_day
from podcast_insights.storage.day_counts import count_day
from podcast_insights.storage.skipped import SkippedRepository
from podcast_insights.storage.transcripts import TranscriptsRepository
from podcast_insights.storage.warehouse import Warehouse
from podcast_insights.transcripts.values import Segment
from podcast_insights_tests.storage.examples import DAY, NOW, a_transcript, an_episode, an_insight

SAID = Segment(index=0, start_s=0.0, end_s=1.0, text="Heat pumps")


def decided(episode_id: str, decision: str = "process") -> DecidedEpisode:
    return DecidedEpisode(episode=an_episode(episode_id), decision=decision, reason="new", message="It is new.")


def test_a_day_is_counted_at_each_stage(warehouse: Warehouse) -> None:
    by_day.episodes(warehouse).replace_day(DAY, [decided("a"), decided("b"), decided("c"), decided("d", "skip")])
    heard, read = a_transcript("a", SAID), replace(a_transcript("b", SAID), source="publisher")
    TranscriptsRepository(warehouse).replace_day(DAY, [heard, read, a_transcript("c", SAID)])
    by_day.insights(warehouse).replace_day(DAY, [an_insight("one"), an_insight("two")])
    skipped = SkippedRepository(warehouse)
    for stage, reason in (("episodes", "no_audio"), ("insights", "no_words"), ("chapters", "not_found")):
        skip = Skip(stage=stage, show_id="show1", subject_id="d", reason=reason, message="It is so.", retryable=False)
        skipped.replace(stage, DAY, [skip], now=NOW)

    counts = count_day(warehouse, DAY)

    assert (counts.listed, counts.selected) == (4, 3)
    assert (counts.published, counts.heard, counts.with_words) == (1, 2, 3)
    assert (counts.with_insights, counts.insights) == (1, 2)
    # Whoever lacks chapters is left out of nothing.
    assert counts.skipped == {("episodes", "no_audio"): 1, ("insights", "no_words"): 1}


def test_a_day_without_files_has_nothing(warehouse: Warehouse) -> None:
    by_day.episodes(warehouse).replace_day(DAY, [decided("a")])

    counts = count_day(warehouse, DAY + timedelta(days=1))

    assert (counts.listed, counts.with_words, counts.insights, dict(counts.skipped)) == (0, 0, 0, {})
