"""Example values for storage: one hand-written value of each type, and hypothesis strategies for all of them."""

import dataclasses
import types
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from podcast_insights.delivery.values import OutboxRow
from podcast_insights.digest.values import Candidate, Digest, DigestEntry, ScoreParts
from podcast_insights.feeds.values import Enclosure, Episode, FeedPoll, Show, TranscriptLink
from podcast_insights.insights.values import Criteria, Insight
from podcast_insights.transcripts.values import Segment, Transcript

DAY = date(2026, 11, 13)
NOW = datetime(2026, 11, 13, 12, 0, tzinfo=UTC)

_LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    bytes: st.binary(max_size=20),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a type of ``values.py``, built from its fields."""
    if hint in _LEAVES:
        return _LEAVES[hint]
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: values_of(hints[field.name]) for field in dataclasses.fields(hint)})
    if hint is type(None):
        return st.none()
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of([values_of(argument) for argument in arguments])
    assert origin is tuple, f"no strategy for {hint}"
    if arguments[-1] is Ellipsis:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    return st.tuples(*[values_of(argument) for argument in arguments])


def a_show(show_id: str = "show1", **changes: Any) -> Show:
    url = f"https://{show_id}.example.org/feed.xml"
    return dataclasses.replace(
        Show(show_id=show_id, name="Deep Dives", title="Deep Dives", configured_url=url, feed_url=url, etag='"v1"'),
        **changes,
    )


def an_episode(episode_id: str = "episode1", **changes: Any) -> Episode:
    return dataclasses.replace(
        Episode(
            episode_id=episode_id,
            show_id="show1",
            guid=f"guid of {episode_id}",
            title="Heat pumps, at last",
            show_notes="<p>Notes</p>",
            page_url=None,
            published_at=NOW,
            has_plausible_date=True,
            episode_date=DAY,
            duration_s=1800.5,
            enclosure=Enclosure(url="https://cdn.example.org/1.mp3", media_type="audio/mpeg", length_bytes=12345),
            transcript_links=(TranscriptLink(url="https://example.org/1.vtt", media_type="text/vtt"),),
            first_seen_at=NOW,
        ),
        **changes,
    )


def a_poll(show_id: str = "show1", *, at: datetime = NOW) -> FeedPoll:
    return FeedPoll(
        show_id=show_id, polled_at=at, outcome="changed", http_status=200, body_bytes=100, duration_s=0.5, listed=3
    )


def a_transcript(episode_id: str = "episode1", *segments: Segment) -> Transcript:
    return Transcript(
        episode_id=episode_id,
        show_id="show1",
        source="whisper",
        engine="openai-whisper",
        model="base",
        language="en",
        source_url=None,
        has_times=True,
        duration_s=60.0,
        segments=segments,
        fingerprint=f"transcript of {episode_id}",
        real_time_factor=0.5,
        cost_usd=0.02,
        made_at=NOW,
    )


def an_insight(insight_id: str = "insight1") -> Insight:
    return Insight(
        insight_id=insight_id,
        episode_id="episode1",
        show_id="show1",
        claim="Heat pumps work at -20 °C",
        explanation="They do, because of their refrigerants.",
        quote="heat pumps work at minus twenty",
        speaker=None,
        start_s=10.0,
        end_s=14.0,
        first_segment=3,
        last_segment=4,
        topics=("energy", "housing"),
        kind="claim",
        extractor="embedded",
        model=None,
        prompt_version=None,
        grounding="verbatim",
        criteria=Criteria(makes_a_claim=True),
        raw_score=2.5,
        value_ratio=0.7,
        fingerprint="made by",
    )


def an_entry(rank: int = 1, day: date = DAY) -> DigestEntry:
    candidate = Candidate(
        insight=an_insight(f"insight{rank}"),
        show_title="Deep Dives",
        episode_title="Heat pumps, at last",
        episode_date=day - timedelta(days=1),
        published_at=NOW,
    )
    parts = ScoreParts(value=0.7, novelty=1.0, preference=0.5, freshness=0.9, support=0.0, total=0.8)
    said_by = (("insight9", "Other Show"), ("insight8", "Third Show"))
    return DigestEntry(
        digest_date=day, rank=rank, candidate=candidate, parts=parts, reason="Strong.", also_said_by=said_by
    )


def a_digest(day: date = DAY, entries: int = 2, **changes: Any) -> Digest:
    made = Digest(
        digest_date=day,
        entries=tuple(an_entry(rank, day) for rank in range(1, entries + 1)),
        considered=40,
        eligible=12,
        shows_considered=4,
        built_at=NOW,
        fingerprint="of its entries",
    )
    return dataclasses.replace(made, **changes)


def an_outbox_row(recipient: str = "a@example.org", **changes: Any) -> OutboxRow:
    made = OutboxRow(
        edition_date=DAY,
        channel="smtp",
        recipient=recipient,
        state="planned",
        message_id="<1@example.org>",
        subject="Five insights",
        attempts=0,
        planned_at=NOW,
        changed_at=NOW,
    )
    return dataclasses.replace(made, **changes)
