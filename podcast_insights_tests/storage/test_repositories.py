import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from upath import UPath

from podcast_insights.audio.values import AudioFile
from podcast_insights.bundled import bundled_path
from podcast_insights.digest.values import PublishedInsight, RelatedInsight
from podcast_insights.errors import StorageFullError
from podcast_insights.feeds.values import DecidedEpisode
from podcast_insights.insights.values import Insight, LLMCall
from podcast_insights.skips import Skip
from podcast_insights.storage import by_day
from podcast_insights.storage.artifacts import Artifacts
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.digests import DigestsRepository, RelatedInsightsRepository
from podcast_insights.storage.model_runs import open_models
from podcast_insights.storage.publisher_transcripts import PublisherTranscriptsRepository
from podcast_insights.storage.skipped import SkippedRepository
from podcast_insights.storage.sql_models import load_models
from podcast_insights.storage.transcripts import TranscriptsRepository
from podcast_insights.storage.warehouse import DATA_FILE, Row, Warehouse
from podcast_insights.transcripts.values import PublisherTranscript, Segment, Transcript
from podcast_insights_tests.storage.examples import (
    DAY,
    NOW,
    a_digest,
    a_transcript,
    an_episode,
    an_insight,
    values_of,
)

YESTERDAY = DAY - timedelta(days=1)
TOMORROW = DAY + timedelta(days=1)


# Tables by day


def test_a_day_of_values_is_replaced_whole(warehouse: Warehouse) -> None:
    insights = by_day.insights(warehouse)

    assert insights.of_day(DAY) == ()
    insights.replace_day(DAY, [an_insight("b"), an_insight("a")])
    insights.replace_day(TOMORROW, [an_insight("c")])
    insights.replace_day(YESTERDAY, [])

    assert insights.of_day(DAY) == (an_insight("b"), an_insight("a"))
    assert insights.days() == (YESTERDAY, DAY, TOMORROW)

    insights.replace_day(DAY, [an_insight("d")])
    assert insights.of_day(DAY) == (an_insight("d"),)
    assert insights.of_day(TOMORROW) == (an_insight("c"),)


def test_rows_are_stamped_with_their_day(warehouse: Warehouse) -> None:
    by_day.insights(warehouse).replace_day(DAY, [an_insight()])

    assert warehouse.read("insights", day_partition(DAY))[0]["episode_date"] == DAY


def test_an_episode_keeps_its_own_day(warehouse: Warehouse) -> None:
    """An episode's date never changes, so the value's own date is not overwritten by the stamp."""
    decided = DecidedEpisode(
        episode=an_episode(episode_date=YESTERDAY), decision="skip", reason="no_audio", message="It has no enclosure."
    )
    episodes = by_day.episodes(warehouse)

    episodes.replace_day(DAY, [decided])

    assert episodes.of_day(DAY) == (decided,)


@pytest.mark.parametrize(
    ("name", "value_type"),
    [("episodes", DecidedEpisode), ("audio_files", AudioFile), ("insights", Insight), ("llm_calls", LLMCall)],
)
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_every_table_by_day_gives_back_what_it_was_given(name: str, value_type: type, data: st.DataObject) -> None:
    repository: by_day.DayRepository[Any] = getattr(by_day, name)(Warehouse(UPath("memory://repositories")))
    assert repository.name == name
    values = tuple(data.draw(st.lists(values_of(value_type), max_size=3)))

    repository.replace_day(DAY, values)

    assert repository.of_day(DAY) == values


def a_call(call_id: str) -> LLMCall:
    return LLMCall(
        call_id=call_id,
        episode_id="episode1",
        purpose="insights",
        model="parrot-1",
        status="answered",
        prompt_tokens=9,
        completion_tokens=3,
        cached_tokens=0,
        cost_usd=0.01,
        duration_s=0.5,
        called_at=NOW,
    )


def test_calls_that_others_added_stay_where_a_day_is_made_again(warehouse: Warehouse) -> None:
    calls = by_day.llm_calls(warehouse)
    calls.replace_day(DAY, [a_call("of-the-day")])
    calls.add(DAY, [a_call("added"), a_call("added-too")])
    calls.add(DAY, [])

    calls.replace_day(DAY, [a_call("of-the-day-again"), a_call("added")])

    assert sorted(call.call_id for call in calls.of_day(DAY)) == ["added", "added-too", "of-the-day-again"]
    with warehouse.connect(["llm_calls"]) as connection:
        assert connection.execute("SELECT DISTINCT episode_date FROM llm_calls").fetchall() == [(DAY,)]


# Transcripts


def segments(*texts: str, ad: str = "") -> tuple[Segment, ...]:
    return tuple(
        Segment(index=index, start_s=float(index), end_s=index + 1.0, text=text, is_ad=text == ad)
        for index, text in enumerate(texts)
    )


def test_transcripts_come_back_with_their_segments_in_order(warehouse: Warehouse) -> None:
    repository = TranscriptsRepository(warehouse)
    first = a_transcript("a", *segments("one", "two", "three"))
    second = a_transcript("b", *segments("four"))
    empty = a_transcript("c")

    repository.replace_day(DAY, [first, second, empty])

    assert repository.of_day(DAY) == (first, second, empty)
    assert repository.of_day(TOMORROW) == ()


def test_segments_are_put_in_order_of_their_index(warehouse: Warehouse) -> None:
    repository = TranscriptsRepository(warehouse)
    ordered = segments("one", "two", "three")

    repository.replace_day(DAY, [a_transcript("a", *reversed(ordered))])

    assert repository.of_day(DAY)[0].segments == ordered


def test_a_transcript_that_left_the_day_takes_its_segments_along(warehouse: Warehouse) -> None:
    repository = TranscriptsRepository(warehouse)
    repository.replace_day(DAY, [a_transcript("a", *segments("one")), a_transcript("b", *segments("two"))])

    repository.replace_day(DAY, [a_transcript("b", *segments("two"))])

    assert [row["episode_id"] for row in warehouse.read("segments", day_partition(DAY))] == ["b"]


@pytest.mark.parametrize(
    ("texts", "ad", "expected"),
    [
        (("one two", "buy this now please", "three four"), "buy this now please", (3, 8, 0.5)),
        (("one two",), "", (1, 2, 0.0)),
        ((), "", (0, 0, 0.0)),
        (("", "  "), "", (2, 0, 0.0)),
    ],
)
def test_a_transcript_is_counted(
    warehouse: Warehouse, texts: tuple[str, ...], ad: str, expected: tuple[int, int, float]
) -> None:
    TranscriptsRepository(warehouse).replace_day(DAY, [a_transcript("a", *segments(*texts, ad=ad))])

    (row,) = warehouse.read("transcripts", day_partition(DAY))
    assert (row["segment_count"], row["word_count"], row["ad_ratio"]) == expected
    assert row["episode_date"] == DAY


# Publisher's transcripts


def test_usable_links_come_back_with_their_words(base: UPath, warehouse: Warehouse) -> None:
    words = Artifacts(base, "publisher_transcripts", Transcript)
    repository = PublisherTranscriptsRepository(warehouse, words)
    refused = PublisherTranscript(
        episode_id="a",
        show_id="show1",
        url="https://example.org/a.html",
        format=None,
        is_usable=False,
        reason="bad_transcript",
        message="It is a page and no transcript.",
    )
    made = replace(a_transcript("a", *segments("one")), fingerprint="0123abcd")
    usable = replace(refused, url="https://example.org/a.vtt", format="vtt", is_usable=True, transcript=made)

    repository.replace_day(DAY, [refused, usable])

    assert repository.of_day(DAY) == (refused, usable)
    assert words.get("0123abcd") == made


# Digests


def test_a_digest_comes_back_with_its_entries_by_rank(warehouse: Warehouse) -> None:
    repository = DigestsRepository(warehouse)
    digest = a_digest()

    assert repository.of_day(DAY) is None
    repository.replace(digest)

    assert repository.of_day(DAY) == digest


def test_a_digest_without_entries_is_a_digest(warehouse: Warehouse) -> None:
    repository = DigestsRepository(warehouse)

    repository.replace(a_digest(entries=0))

    assert repository.of_day(DAY) == a_digest(entries=0)
    assert repository.days() == (DAY,)


def test_entries_are_put_in_order_of_their_rank(warehouse: Warehouse) -> None:
    repository = DigestsRepository(warehouse)
    in_order = a_digest(entries=3)

    repository.replace(replace(in_order, entries=in_order.entries[::-1]))

    assert repository.of_day(DAY) == in_order


def test_digests_of_some_days_come_oldest_first(warehouse: Warehouse) -> None:
    repository = DigestsRepository(warehouse)
    for day in (TOMORROW, YESTERDAY):
        repository.replace(a_digest(day))

    assert repository.days() == (YESTERDAY, TOMORROW)
    assert list(repository.of_days({TOMORROW, DAY, YESTERDAY})) == [a_digest(YESTERDAY), a_digest(TOMORROW)]
    assert list(repository.of_days([])) == []


class FullDisk(Warehouse):
    """A warehouse that has room for so many files."""

    room = 0

    def write(self, name: str, partition: str, rows: Sequence[Row], *, file_name: str = DATA_FILE) -> int:
        if not self.room:
            raise StorageFullError("no space left")
        self.room -= 1
        return super().write(name, partition, rows, file_name=file_name)


@pytest.mark.parametrize("entries_before", [0, 2])
@pytest.mark.parametrize("entries_after", [1, 2])
@pytest.mark.parametrize("room", [0, 1, 2, 3])
def test_a_rebuild_that_is_stopped_leaves_the_digest_before_or_the_new_one(
    warehouse: Warehouse, entries_before: int, entries_after: int, room: int
) -> None:
    before = a_digest(entries=entries_before, fingerprint="before")
    after = a_digest(entries=entries_after, fingerprint="after", revision=2)
    after = replace(after, entries=tuple(replace(entry, reason="Other.") for entry in after.entries))
    DigestsRepository(warehouse).replace(before)
    stopped = FullDisk(warehouse.base)
    stopped.room = room

    with suppress(StorageFullError):
        DigestsRepository(stopped).replace(after)

    expected = before if room < 2 else after
    repository = DigestsRepository(warehouse)
    assert repository.of_day(DAY) == expected
    assert repository.all() == [expected]
    assert repository.published() == [PublishedInsight.of(entry) for entry in expected.entries]
    with open_models(warehouse, load_models(bundled_path("dbt_like_sql"))) as connection:
        read = connection.execute("SELECT reason FROM stg_digest_entries ORDER BY rank").fetchall()
    assert read == [(entry.reason,) for entry in expected.entries]
    repository.replace(after)
    assert len(warehouse.read("digest_entries", day_partition(DAY))) == entries_after


def test_nothing_is_published_of_a_first_digest_that_was_stopped(warehouse: Warehouse) -> None:
    stopped = FullDisk(warehouse.base)
    stopped.room = 1
    with pytest.raises(StorageFullError):
        DigestsRepository(stopped).replace(a_digest(entries=2))

    assert DigestsRepository(warehouse).published() == []
    with open_models(warehouse, load_models(bundled_path("dbt_like_sql"))) as connection:
        assert connection.execute("SELECT claim FROM mart_daily_top_insights").fetchall() == []


def test_a_digest_that_an_earlier_version_wrote_is_there_until_the_new_one_is(warehouse: Warehouse) -> None:
    before, after = a_digest(fingerprint="before"), a_digest(entries=1, fingerprint="after")
    DigestsRepository(warehouse).replace(before)
    rows = warehouse.read("digest_entries", day_partition(DAY))
    warehouse.write("digest_entries", day_partition(DAY), [{**row, "digest_fingerprint": None} for row in rows])
    assert DigestsRepository(warehouse).all() == [before]
    stopped = FullDisk(warehouse.base)

    for stopped.room, expected in ((1, before), (2, after)):
        with pytest.raises(StorageFullError):
            DigestsRepository(stopped).replace(after)
        assert DigestsRepository(warehouse).of_day(DAY) == expected


def test_neighbours_are_replaced_all_at_once(warehouse: Warehouse) -> None:
    repository = RelatedInsightsRepository(warehouse)
    pairs = [
        RelatedInsight(insight_id="a", related_insight_id="b", similarity_ratio=0.8),
        RelatedInsight(insight_id="b", related_insight_id="a", similarity_ratio=0.8),
    ]

    assert repository.all() == ()
    repository.replace(pairs)
    assert repository.all() == tuple(pairs)
    repository.replace([])
    assert repository.all() == ()


# Skipped


def a_skip(subject_id: str, **changes: Any) -> Skip:
    values = {"show_id": "show1", "reason": "network", "message": "503", "retryable": True} | changes
    return Skip(stage="audio", subject_id=subject_id, **values)


def test_what_was_not_tried_counts_as_it_did(warehouse: Warehouse) -> None:
    skipped = SkippedRepository(warehouse)
    later = NOW + timedelta(hours=1)
    skipped.replace("feeds", None, [a_skip("a"), a_skip("b")], now=NOW)

    skipped.replace("feeds", None, [a_skip("a"), a_skip("b"), a_skip("c")], now=later, tried={"b"})

    counted = {row["subject_id"]: (row["attempts"], row["last_at"]) for row in skipped.of("feeds", None)}
    assert counted == {"a": (1, NOW), "b": (2, later), "c": (1, later)}


def test_attempts_count_on_while_an_item_is_skipped(warehouse: Warehouse) -> None:
    skipped = SkippedRepository(warehouse)
    first, second = NOW, NOW + timedelta(hours=1)

    skipped.replace("audio", DAY, [a_skip("a"), a_skip("b")], now=first)
    skipped.replace("audio", DAY, [a_skip("a", reason="bad_audio", retryable=False), a_skip("c")], now=second)

    rows = {row["subject_id"]: row for row in skipped.of("audio", DAY)}
    counts = {name: (row["attempts"], row["first_at"], row["last_at"]) for name, row in rows.items()}
    assert counts == {"a": (2, first, second), "c": (1, second, second)}
    assert (rows["a"]["reason"], rows["a"]["retryable"]) == ("bad_audio", False)


def test_an_item_leaves_when_it_succeeds_and_starts_anew(warehouse: Warehouse) -> None:
    skipped = SkippedRepository(warehouse)
    later = NOW + timedelta(hours=2)

    skipped.replace("audio", DAY, [a_skip("a")], now=NOW)
    skipped.replace("audio", DAY, [], now=NOW)
    assert skipped.of("audio", DAY) == []

    skipped.replace("audio", DAY, [a_skip("a")], now=later)
    (row,) = skipped.of("audio", DAY)
    assert (row["attempts"], row["first_at"]) == (1, later)


def test_stages_and_days_stand_apart(warehouse: Warehouse) -> None:
    skipped = SkippedRepository(warehouse)
    skipped.replace("audio", DAY, [a_skip("a")], now=NOW)
    skipped.replace("audio", TOMORROW, [a_skip("a")], now=NOW)
    skipped.replace("insights", DAY, [a_skip("a")], now=NOW)
    skipped.replace("feeds", None, [a_skip("show1")], now=NOW)

    skipped.replace("audio", DAY, [], now=NOW)

    assert skipped.of("audio", DAY) == []
    assert [row["scope"] for row in skipped.of("audio", TOMORROW)] == [TOMORROW.isoformat()]
    assert [row["scope"] for row in skipped.of("feeds", None)] == ["all"]
    with warehouse.connect(["skipped"]) as connection:
        found = connection.execute("SELECT scope, subject_id FROM skipped ORDER BY ALL").fetchall()
    assert found == [(DAY.isoformat(), "a"), (TOMORROW.isoformat(), "a"), ("all", "show1")]


def test_neighbours_come_by_insight_nearest_first(warehouse: Warehouse) -> None:
    related = RelatedInsightsRepository(warehouse)
    pairs = [("a", "b", 0.8), ("a", "c", 0.3), ("b", "a", 0.8)]
    related.replace(
        [RelatedInsight(insight_id=one, related_insight_id=two, similarity_ratio=ratio) for one, two, ratio in pairs]
    )

    found = {of: [one.related_insight_id for one in near] for of, near in related.by_insight().items()}
    assert found == {"a": ["b", "c"], "b": ["a"]}


def test_a_digest_of_before_what_was_said_around_quotes_was_kept_is_read(warehouse: Warehouse) -> None:
    repository = DigestsRepository(warehouse)
    repository.replace(a_digest(DAY))
    (file,) = warehouse.files("digest_entries", partitions=[day_partition(DAY)])
    table = pq.read_table(io.BytesIO(file.read_bytes()))
    older = io.BytesIO()
    pq.write_table(table.drop_columns(["context_before", "context_after"]), older)
    file.write_bytes(older.getvalue())

    assert repository.of_day(DAY) == a_digest(DAY)
    assert repository.all() == [a_digest(DAY)]
