"""A month of real shows through the real assets, as a backfill of every day; run with -s to read the digests.

Nine shows bring 33 episodes in 25 days: little, so there are rarely five of them within ``lookback_days``. An episode
may therefore give two insights here, or no day of this month would have five to choose from. Each episode has an
advertisement of ours planted in its middle.
"""

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from podcast_insights.days import days_until, window_ending
from podcast_insights.defs.runs import DayRun
from podcast_insights.digest.values import Digest
from podcast_insights.settings import DigestSettings
from podcast_insights.transcripts.sentences import joined_text
from podcast_insights.transcripts.values import word_count
from podcast_insights_tests.insights.samples import AD
from podcast_insights_tests.integration.november import publish_november
from podcast_insights_tests.integration.pipeline import Pipeline, settings_for
from podcast_insights_tests.integration.podcast_server import Item, PodcastServer
from podcast_insights_tests.integration.tables import Rows, lasting_rows, query

FIRST, LAST = date(2024, 11, 4), date(2024, 11, 28)
DIGEST = DigestSettings(start_date=FIRST)
LONG_WORDS = 3000
LAST_AGAIN = date(2024, 11, 10)
AFTER = datetime(2024, 12, 2, 6, 30, tzinfo=UTC)

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif("PODCAST_INSIGHTS_REAL_DATA" not in os.environ, reason="PODCAST_INSIGHTS_REAL_DATA is unset"),
]


@dataclass(frozen=True)
class Month:
    """What a backfill and a second one left."""

    pipeline: Pipeline
    episodes: Mapping[date, Sequence[tuple[str, Item]]]
    digests: Mapping[date, Digest]
    runs: Sequence[DayRun]
    rows: Mapping[str, Rows]
    rows_again: Mapping[str, Rows]
    asked_again: Sequence[tuple[str, int]]


class Stopwatch:
    """Adds up the CPU seconds of this process between one step's start and the next one's."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._step, self._since_s = "start", time.process_time()

    def __call__(self, step: str) -> None:
        now_s = time.process_time()
        self.spent["checks" if self._step.startswith("check_") else self._step] += now_s - self._since_s
        self._step, self._since_s = step, now_s


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    data = Path(os.environ["PODCAST_INSIGHTS_REAL_DATA"])
    stopwatch = Stopwatch()
    with PodcastServer().running() as web:
        feeds = publish_november(web, data, planted=AD)
        episodes = by_day(feeds)
        settings = settings_for(tmp_path_factory.mktemp("november"), list(feeds), policy="publisher", digest=DIGEST)
        with closing(Pipeline(settings, now=AFTER, on_step=stopwatch)) as pipeline:
            runs = [pipeline.poll(), *(pipeline.make(day) for day in days_until(FIRST, LAST))]
            print("\nCPU seconds:", {step: round(cpu_s, 1) for step, cpu_s in stopwatch.spent.items()})
            rows = lasting_rows(pipeline.store)
            web.asked.clear()
            # A week tells whether a second run repeats anything, in a third of the time.
            again = [pipeline.poll(), *(pipeline.make(day) for day in days_until(FIRST, LAST_AGAIN))]
            yield Month(
                pipeline=pipeline,
                episodes=episodes,
                digests={one.digest_date: one for one in pipeline.store.digests.of_days(days_until(FIRST, LAST))},
                runs=[*runs, *again],
                rows=rows,
                rows_again=lasting_rows(pipeline.store),
                asked_again=tuple(web.asked),
            )


def by_day(feeds: Mapping[str, Sequence[Item]]) -> Mapping[date, Sequence[tuple[str, Item]]]:
    days: dict[date, list[tuple[str, Item]]] = defaultdict(list)
    for feed, items in feeds.items():
        for item in items:
            days[item.published_at.date()].append((feed, item))
    return days


def test_all_episodes_are_read_and_most_give_insights(month: Month) -> None:
    transcribed = month.rows["transcripts"]
    with_insights = {
        insight.episode_id for day in month.episodes for insight in month.pipeline.store.insights.of_day(day)
    }

    assert [run.failures for run in month.runs if not run.is_success] == []
    assert month.rows["skipped"] == []
    assert len(transcribed) == sum(map(len, month.episodes.values())) == 33
    # Conversation may hold no sentence that stands alone: then nothing is better than something.
    assert len(with_insights) >= 22


def test_the_insights_of_each_episode_are_verbatim_and_none_is_from_an_advertisement(month: Month) -> None:
    counts: dict[str, int] = {}
    worth_publishing = 0
    for day in month.episodes:
        insights = month.pipeline.store.insights.of_day(day)
        for transcript in month.pipeline.store.transcripts.of_day(day):
            found = [insight for insight in insights if insight.episode_id == transcript.episode_id]
            text = joined_text(transcript.segments)
            ads = {one.index for one in transcript.segments if one.is_ad}
            assert "Lanternfish" in text
            assert ads, f"the planted ad of {transcript.episode_id} was not marked"
            for insight in found:
                assert insight.quote in text
                assert "Lanternfish" not in f"{insight.quote} {insight.explanation}"
                assert ads.isdisjoint(range(insight.first_segment, insight.last_segment + 1))
            if word_count(transcript.segments) > LONG_WORDS:
                counts[transcript.episode_id] = len(found)
                worth_publishing += sum(one.value_ratio >= 0.2 for one in found)
    average = sum(counts.values()) / len(counts)
    print(f"{average:.2f} insights per long episode, {worth_publishing / len(counts):.2f} with a value of 0.2 or more")
    # About one sentence in thirty of a conversation can be read without it; most of an hour gives no headline.
    assert average >= 1.5


def test_no_rule_is_broken_by_good_data(month: Month) -> None:
    checked = query(
        month.pipeline.store,
        "SELECT table_name, list(DISTINCT rule || ' on ' || checked_date) FILTER (NOT passed), count(DISTINCT rule) "
        "FROM check_results GROUP BY 1",
        "check_results",
    )

    assert {table: broken for table, broken, _ in checked if broken} == {}
    assert {table for table, _, _ in checked} >= {"shows", "episodes", "transcripts", "segments", "insights"}
    assert sum(rules for *_, rules in checked) > 80


def test_a_digest_has_five_insights_wherever_there_are_enough(month: Month) -> None:
    """Enough is: the caps per show and episode leave room for five of what is good enough, recent and not yet used."""
    made, room = {}, {}
    used: set[str] = set()
    for day, digest in month.digests.items():
        made[day], room[day] = len(digest.entries), room_for(month, day, used)
        used |= {entry.candidate.insight.insight_id for entry in digest.entries}
        print(f"\n{day}: {digest.considered} considered, {digest.eligible} eligible, room for {room[day]}")
        for entry in digest.entries:
            insight = entry.candidate.insight
            print(f"  {insight.value_ratio:.2f} {entry.candidate.show_title}: {insight.claim}")

    assert list(made) == list(days_until(FIRST, LAST))
    # On most days two or three episodes of other days compete, of which some give nothing that is good enough.
    assert max(room.values()) >= 5
    assert made == {day: min(5, places) for day, places in room.items()}


def room_for(month: Month, day: date, used: set[str]) -> int:
    """Return how many of the eligible insights the caps allow."""
    shows: dict[str, Counter[str]] = defaultdict(Counter)
    for past in window_ending(day, DIGEST.lookback_days):
        for insight in month.pipeline.store.insights.of_day(past):
            if insight.value_ratio >= DIGEST.min_value_ratio and insight.insight_id not in used:
                shows[insight.show_id][insight.episode_id] += 1
    per_show = 1 if len(shows) >= 5 else 2
    per_episode = 1 if sum(map(len, shows.values())) >= 5 else 2
    return sum(
        min(per_show, sum(min(per_episode, count) for count in episodes.values())) for episodes in shows.values()
    )


def test_no_show_and_no_episode_is_over_its_cap(month: Month) -> None:
    for digest in month.digests.values():
        shows = Counter(entry.candidate.insight.show_id for entry in digest.entries)
        episodes = Counter(entry.candidate.insight.episode_id for entry in digest.entries)
        assert max(shows.values(), default=0) <= 2
        assert max(episodes.values(), default=0) <= (1 if len(episodes) >= 5 else 2)


def test_every_quote_is_verbatim_and_no_insight_is_published_twice(month: Month) -> None:
    texts = {
        transcript.episode_id: " ".join(segment.text for segment in transcript.segments)
        for day in month.episodes
        for transcript in month.pipeline.store.transcripts.of_day(day)
    }
    published = [entry.candidate.insight for digest in month.digests.values() for entry in digest.entries]

    assert [one.quote for one in published if one.quote not in texts[one.episode_id]] == []
    assert len({one.insight_id for one in published}) == len(published) >= 40


def test_a_second_backfill_adds_nothing_and_asks_only_whether_feeds_changed(month: Month) -> None:
    assert month.rows_again == month.rows
    assert {status for _, status in month.asked_again} == {304}
    assert all(path.startswith("/feeds/") for path, _ in month.asked_again)
