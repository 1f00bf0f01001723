from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podcast_insights.audio.values import AudioFile
from podcast_insights.delivery.values import OutboxRow
from podcast_insights.digest.values import Digest, DigestEntry, InsightVector, RelatedInsight
from podcast_insights.feeds.values import DecidedEpisode, Enclosure, Episode, EpisodeChapters, FeedPoll, Show
from podcast_insights.insights.values import Criteria, Insight, LLMCall
from podcast_insights.storage.rows import RowCodec
from podcast_insights.storage.schemas import arrow_schema, table
from podcast_insights.transcripts.values import PublisherTranscript, Segment, Transcript
from podcast_insights_tests.storage.examples import a_digest, a_show, an_entry, an_episode, an_insight, values_of

ENCLOSURE = {"enclosure": "enclosure_"}
DAY_COLUMN = ("episode_date",)
# Each table with the type of its values, as its repository writes them: the nested values' prefixes, the fields that
# are kept elsewhere, and the columns that the repository adds.
CODECS: dict[str, tuple[RowCodec[Any], type, dict[str, Any], tuple[str, ...]]] = {
    "shows": (RowCodec(Show), Show, {}, ()),
    "feed_items": (RowCodec(Episode, prefixes=ENCLOSURE), Episode, {}, ()),
    "feed_polls": (RowCodec(FeedPoll), FeedPoll, {}, ()),
    "episodes": (RowCodec(DecidedEpisode, prefixes=ENCLOSURE), DecidedEpisode, {}, ()),
    "chapters": (
        RowCodec(EpisodeChapters, without={"chapters"}),
        EpisodeChapters,
        {"chapters": ()},
        ("start_s", "title", *DAY_COLUMN),
    ),
    "publisher_transcripts": (
        RowCodec(PublisherTranscript, without={"transcript"}),
        PublisherTranscript,
        {"transcript": None},
        ("transcript_fingerprint", *DAY_COLUMN),
    ),
    "audio_files": (RowCodec(AudioFile), AudioFile, {}, DAY_COLUMN),
    "transcripts": (
        RowCodec(Transcript, without={"segments"}),
        Transcript,
        {"segments": ()},
        ("segment_count", "word_count", "ad_ratio", *DAY_COLUMN),
    ),
    "segments": (RowCodec(Segment), Segment, {}, ("episode_id", *DAY_COLUMN)),
    "insights": (RowCodec(Insight), Insight, {}, DAY_COLUMN),
    "llm_calls": (RowCodec(LLMCall), LLMCall, {}, DAY_COLUMN),
    "digests": (RowCodec(Digest, without={"entries"}), Digest, {"entries": ()}, ()),
    "digest_entries": (RowCodec(DigestEntry, prefixes={"parts": "score_"}), DigestEntry, {}, ("digest_fingerprint",)),
    "related_insights": (RowCodec(RelatedInsight), RelatedInsight, {}, ()),
    "insight_vectors": (RowCodec(InsightVector), InsightVector, {}, DAY_COLUMN),
    "outbox": (RowCodec(OutboxRow), OutboxRow, {}, ()),
}


@pytest.mark.parametrize("name", CODECS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_every_value_survives_its_row_and_its_file(name: str, data: st.DataObject) -> None:
    codec, value_type, elsewhere, _ = CODECS[name]
    drawn = data.draw(values_of(value_type))
    value = type(drawn)(**{field: elsewhere.get(field, getattr(drawn, field)) for field in drawn.__dataclass_fields__})
    schema = pa.schema([arrow_schema(name).field(column) for column in codec.columns])

    row = codec.to_row(value)
    stored = pa.Table.from_pylist([row], schema=schema).to_pylist()[0]

    assert tuple(row) == codec.columns
    assert codec.from_row(row, **elsewhere) == value
    assert codec.from_row(stored, **elsewhere) == value
    if not elsewhere:
        assert codec.from_columns({column: [cell, cell] for column, cell in stored.items()}) == [value, value]


def test_columns_of_an_older_version_have_the_defaults_of_their_fields() -> None:
    codec: RowCodec[Any] = CODECS["digest_entries"][0]
    rows = [codec.to_row(an_entry(1)), codec.to_row(an_entry(2)) | {"context_before": None, "also_said_by": None}]

    by_column = {column: [row[column] for row in rows] for column in codec.columns}

    assert codec.from_columns(by_column) == [codec.from_row(row) for row in rows]
    assert codec.from_columns({column: [] for column in codec.columns}) == []


def test_columns_give_what_rows_give_where_some_have_no_nested_value() -> None:
    codec: RowCodec[Any] = CODECS["feed_items"][0]
    episodes = [an_episode(enclosure=None), an_episode(), an_episode(enclosure=None), an_episode(title="Other")]
    rows = [codec.to_row(episode) for episode in episodes]

    assert codec.from_columns({column: [row[column] for row in rows] for column in codec.columns}) == episodes


@pytest.mark.parametrize("name", CODECS)
def test_a_table_has_the_columns_of_its_values_and_those_that_the_repository_adds(name: str) -> None:
    codec, _, _, added = CODECS[name]

    assert len(set(codec.columns)) == len(codec.columns)
    assert set(table(name).column_names) == {*codec.columns, *added}


def test_an_absent_nested_value_is_null_in_all_its_columns() -> None:
    codec = RowCodec(Episode, prefixes=ENCLOSURE)

    row = codec.to_row(an_episode(enclosure=None))

    assert [row[f"enclosure_{name}"] for name in ("url", "media_type", "length_bytes")] == [None] * 3
    assert codec.from_row(row).enclosure is None


def test_a_nested_value_keeps_its_own_nulls() -> None:
    codec = RowCodec(Episode, prefixes=ENCLOSURE)
    episode = an_episode(enclosure=Enclosure(url="https://example.org/a.mp3"))

    assert codec.from_row(codec.to_row(episode)).enclosure == Enclosure(url="https://example.org/a.mp3")


def test_a_nested_value_that_may_not_be_absent_is_there_even_when_all_of_it_is_null() -> None:
    codec = RowCodec(Insight)
    unjudged = Criteria()
    row = codec.to_row(an_insight()) | dict.fromkeys(RowCodec(Criteria).columns)

    assert codec.from_row(row).criteria == unjudged


def test_an_entry_is_one_flat_row() -> None:
    row = RowCodec(DigestEntry, prefixes={"parts": "score_"}).to_row(an_entry())

    assert row["claim"] == "Heat pumps work at -20 °C"
    assert (row["score_total"], row["makes_a_claim"], row["topics"]) == (0.8, True, ["energy", "housing"])
    assert row["also_said_by"] == [["insight9", "Other Show"], ["insight8", "Third Show"]]


def test_columns_that_are_not_of_the_value_are_ignored() -> None:
    codec = RowCodec(Show)

    assert codec.from_row(codec.to_row(a_show()) | {"added_later": 1}) == a_show()


def test_fields_that_are_kept_elsewhere_are_asked_for() -> None:
    codec = RowCodec(Digest, without={"entries"})
    row = codec.to_row(a_digest())

    assert "entries" not in row
    assert codec.from_row(row, entries=a_digest().entries) == a_digest()
    with pytest.raises(TypeError, match="entries"):
        codec.from_row(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    x: int
    y: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    start: Point
    end: Point | None
    stops: tuple[Point, ...]
    pairs: tuple[tuple[str, int], ...]
    at: datetime


def test_values_of_one_type_stand_beside_each_other_by_prefix() -> None:
    codec = RowCodec(Route, prefixes={"start": "start_", "end": "end_"})
    route = Route(
        start=Point(x=1, y=2),
        end=None,
        stops=(Point(x=3),),
        pairs=(("a", 1),),
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )

    row = codec.to_row(route)

    assert codec.columns == ("start_x", "start_y", "end_x", "end_y", "stops", "pairs", "at")
    assert (row["stops"], row["pairs"]) == ([{"x": 3, "y": None}], [["a", 1]])
    assert codec.from_row(row) == route
