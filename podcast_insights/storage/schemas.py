"""The tables: their grain, key and columns, with units and meaning.

One place says what a table holds. The Parquet schema, the empty tables that SQL sees before the first run, the comments
in the DuckDB file and the column schema in the Dagster UI are all made from here. Types are DuckDB's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

SCHEMA_VERSION = 2

# What a column that may not be NULL holds where a file is older than it, by table and column.
WHEN_ABSENT: Mapping[tuple[str, str], str] = MappingProxyType({("preferences", "recipient"): ""})

# Written by these names in the lists below.
_STRUCTS = {
    "LINKS": "STRUCT(url VARCHAR, media_type VARCHAR, language VARCHAR)[]",
    "CHAPTERS": "STRUCT(start_s DOUBLE, title VARCHAR)[]",
    "PERSONS": "STRUCT(name VARCHAR, role VARCHAR, href VARCHAR)[]",
    "SOUNDBITES": "STRUCT(start_s DOUBLE, duration_s DOUBLE, title VARCHAR)[]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its DuckDB type, and what it means."""

    name: str
    type: str
    description: str
    is_nullable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. ``key`` are the columns that identify a row; ``partition`` is what one file of it holds."""

    name: str
    description: str
    key: tuple[str, ...]
    partition: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def _columns(text: str) -> tuple[Column, ...]:
    """Read ``name type description`` lines; a type that ends with ``!`` may not be NULL."""
    columns = []
    for line in filter(None, text.splitlines()):
        name, written, description = line.split(maxsplit=2)
        kind = written.removesuffix("!")
        columns.append(
            Column(
                name=name, type=_STRUCTS.get(kind, kind), description=description, is_nullable=not written.endswith("!")
            )
        )
    return tuple(columns)


_EPISODE = """
episode_id VARCHAR! The episode, for ever the same: a hash of show_id and guid.
show_id VARCHAR! The show that published it.
guid VARCHAR The feed's own identifier of the item.
title VARCHAR! The title as the feed states it now.
show_notes VARCHAR! The description as it came: untrusted HTML.
page_url VARCHAR The episode's page.
published_at TIMESTAMPTZ! When it was published, by the feed; where that is implausible, when it was first seen.
has_plausible_date BOOLEAN! Whether the feed's date could be believed.
episode_date DATE! The day, in the digest's time zone, under which it is processed; never changes.
duration_s DOUBLE The feed's word on its duration, in seconds.
enclosure_url VARCHAR The media file.
enclosure_media_type VARCHAR The feed's word on the media file's type.
enclosure_length_bytes BIGINT The feed's word on the media file's size, in bytes.
transcript_links LINKS! The publisher's transcripts, in the feed's order.
first_seen_at TIMESTAMPTZ! When a poll first found it.
gone_at TIMESTAMPTZ When it was first missing from its feed; NULL while it is listed.
chapters_url VARCHAR The publisher's file of chapters.
chapters CHAPTERS The chapters that stand in the feed itself.
persons PERSONS Who takes part, by the feed: the item's people, else the show's.
soundbites SOUNDBITES Passages that the publisher recommends.
season BIGINT The season's number.
episode_number BIGINT The episode's number, within its season where there is one.
episode_type VARCHAR full, trailer or bonus.
"""

_INSIGHT = """
insight_id VARCHAR! The insight, stable for the same extractor and words.
episode_id VARCHAR! The episode it was said in.
show_id VARCHAR! The show it was said on.
claim VARCHAR! The claim, as a headline.
explanation VARCHAR! The claim with its reasoning, in two to four sentences.
quote VARCHAR! The speaker's own words: a substring of the transcript.
speaker VARCHAR Who says it, where the transcript knows.
start_s DOUBLE! The second at which the quote begins.
end_s DOUBLE! The second at which the quote ends.
first_segment BIGINT! The index of the segment in which the quote begins.
last_segment BIGINT! The index of the segment in which the quote ends.
topics VARCHAR[]! What it is about, in lower case.
kind VARCHAR! claim, advice, prediction, explanation, data or story.
extractor VARCHAR! embedded (chosen from the speaker's words) or llm (written by a model).
model VARCHAR The language model, where there was one.
prompt_version VARCHAR The version of the prompt, where there was one.
grounding VARCHAR! verbatim, or drifted where the model's quote differed as recognition does.
stands_alone BOOLEAN Whether it is understood without the episode; NULL where nobody judged.
makes_a_claim BOOLEAN Whether it states something that could be wrong.
gives_a_reason BOOLEAN Whether it gives a reason or evidence.
is_news BOOLEAN Whether a well-read person would learn something.
can_be_acted_on BOOLEAN Whether a reader could act on it.
judged_by VARCHAR The second model that answered these questions; NULL where the extractor did.
raw_score DOUBLE! The score on its extractor's own scale.
value_ratio DOUBLE! The estimated worth to a reader, 0 to 1, comparable between extractors.
fingerprint VARCHAR! What made it: transcript, extractor, model and prompt.
"""

TABLES: tuple[Table, ...] = (
    Table(
        name="shows",
        description="One row per show: what is known about it and the state of its feed.",
        key=("show_id",),
        partition="show",
        columns=_columns("""
show_id VARCHAR! The show, for ever the same: podcast:guid, else a hash of its first feed URL.
name VARCHAR! What the reader calls it.
title VARCHAR! What the feed calls it.
configured_url VARCHAR! The feed URL in podcasts.yaml.
feed_url VARCHAR! The feed URL that is polled.
aliases VARCHAR[] The feed URLs that it left, oldest first.
moved_to VARCHAR Where permanent redirects led at the last poll; the next poll that is led there moves the feed.
language VARCHAR Its language, as configured or as the feed states.
stated_language VARCHAR Its language as the feed states it.
page_url VARCHAR Its page.
author VARCHAR Who makes it, by the feed.
status VARCHAR! active, failing, held (it gave its episodes new guids) or gone.
etag VARCHAR The validator of the last body.
last_modified VARCHAR The other validator of the last body.
body_sha256 VARCHAR The hash of the last body.
items_fingerprint VARCHAR The fingerprint of the stored episodes that the validators vouch for.
listed_episodes BIGINT How many episodes its feed lists.
built_at TIMESTAMPTZ When the last body says that it was made.
held_at TIMESTAMPTZ When it was first held; NULL where its feed was read since.
stale_at TIMESTAMPTZ When it first sent an older copy; NULL where its feed was read since.
said_gone_at TIMESTAMPTZ When it first answered 410; NULL where it gave another answer since.
gone_answers BIGINT How many polls since then were answered so.
older_url VARCHAR The page of older items at which reading back goes on; NULL where that is over.
older_pages BIGINT How many pages of older items were read.
last_polled_at TIMESTAMPTZ When it was last asked.
last_changed_at TIMESTAMPTZ When it last answered with something new.
next_poll_at TIMESTAMPTZ When it is asked next; NULL means now, or never where it is gone.
failures_in_a_row BIGINT! How many polls failed since the last one that did not.
last_error VARCHAR Why the last poll failed; NULL where it did not.
"""),
    ),
    Table(
        name="feed_items",
        description="One row per episode that a feed has ever listed: the catalogue.",
        key=("episode_id",),
        partition="show",
        columns=_columns(_EPISODE),
    ),
    Table(
        name="feed_polls",
        description="One row per poll of a feed: the history.",
        key=("show_id", "polled_at"),
        partition="date",
        columns=_columns("""
show_id VARCHAR! The show whose feed was asked.
polled_at TIMESTAMPTZ! When it was asked.
outcome VARCHAR! changed, unchanged, not_modified (304), stale (an older copy), older_pages, failed, held or gone.
http_status BIGINT The server's status; NULL where there was no answer.
body_bytes BIGINT! The size of the body, in bytes.
duration_s DOUBLE! How long the poll took, in seconds.
listed BIGINT! How many items the feed listed.
new_episodes BIGINT! Episodes never seen before.
changed_episodes BIGINT! Episodes whose facts changed.
gone_episodes BIGINT! Episodes that are no longer listed.
dropped_items BIGINT! Items of which nothing could be used.
drop_reasons VARCHAR[] Why not, each reason once.
error VARCHAR Why it failed.
"""),
    ),
    Table(
        name="episodes",
        description="One row per episode of a day, with the decision whether it is processed.",
        key=("episode_id",),
        partition="date",
        columns=_columns(
            _EPISODE
            + """
decision VARCHAR! process or skip.
reason VARCHAR! Why, as a code.
message VARCHAR! Why, as a sentence.
"""
        ),
    ),
    Table(
        name="chapters",
        description="One row per chapter of a processed episode.",
        key=("episode_id", "start_s"),
        partition="date",
        columns=_columns("""
episode_id VARCHAR! The episode.
show_id VARCHAR! Its show.
start_s DOUBLE! The second at which the chapter begins.
title VARCHAR! What it is called.
source_url VARCHAR The publisher's file; NULL where the chapters stood in the feed.
episode_date DATE! The episode's day.
"""),
    ),
    Table(
        name="publisher_transcripts",
        description="One row per transcript link of an episode that was tried, with what became of it.",
        key=("episode_id", "url"),
        partition="date",
        columns=_columns("""
episode_id VARCHAR! The episode.
show_id VARCHAR! Its show.
url VARCHAR! The publisher's file.
format VARCHAR vtt, srt, json, html or text, by content; NULL where it could not be read.
is_usable BOOLEAN! Whether this is the transcript that is used.
reason VARCHAR! Why or why not, as a code.
message VARCHAR! Why or why not, as a sentence.
transcript_fingerprint VARCHAR The words, where it is usable: the name of their artifact.
episode_date DATE! The episode's day.
"""),
    ),
    Table(
        name="audio_files",
        description="One row per audio file that was downloaded and decoded.",
        key=("episode_id",),
        partition="date",
        columns=_columns("""
episode_id VARCHAR! The episode.
show_id VARCHAR! Its show.
blob_key VARCHAR! Where the file is under storage.base_url/blobs, or was until it was heard and old.
source_url VARCHAR! Where it came from, without logins and tokens.
size_bytes BIGINT! Its size, in bytes.
sha256 VARCHAR! Its hash.
container VARCHAR! The container that was found, not the one that was declared.
codec VARCHAR! The codec that was found.
sample_rate_hz BIGINT! Its sample rate, in hertz.
channels BIGINT! How many channels it has.
duration_s DOUBLE! How much of it decodes, in seconds.
declared_duration_s DOUBLE What its container claims, in seconds.
bad_packet_ratio DOUBLE! The share of packets that do not decode, 0 to 1.
is_damaged BOOLEAN! Whether too little of it decodes.
good_ratio DOUBLE How much of it is good, 0 to 1.
downloaded_at TIMESTAMPTZ! When it was downloaded.
episode_date DATE! The episode's day.
"""),
    ),
    Table(
        name="transcripts",
        description="One row per transcript; its words are in segments.",
        key=("episode_id",),
        partition="date",
        columns=_columns("""
episode_id VARCHAR! The episode.
show_id VARCHAR! Its show.
source VARCHAR! publisher, or whisper where an engine heard the audio.
engine VARCHAR! What made it.
model VARCHAR The recogniser's model, where there was one.
language VARCHAR Its language.
source_url VARCHAR The publisher's file, where it is the publisher's.
has_times BOOLEAN! Whether its times were given; they are spread by length otherwise.
duration_s DOUBLE! The duration that it covers, in seconds.
fingerprint VARCHAR! What made it: audio or file, engine, model and language.
real_time_factor DOUBLE Compute seconds for one second of audio.
cost_usd DOUBLE What a transcription server asked for it, where a price is set.
made_at TIMESTAMPTZ! When it was made.
segment_count BIGINT! How many segments it has.
word_count BIGINT! How many words it has.
ad_ratio DOUBLE! The share of its words that are marked as advertising, 0 to 1.
episode_date DATE! The episode's day.
"""),
    ),
    Table(
        name="segments",
        description="One row per segment of a transcript: a stretch of speech by one speaker.",
        key=("episode_id", "index"),
        partition="date",
        columns=_columns("""
episode_id VARCHAR! The episode.
index BIGINT! The position in the transcript, from 0.
start_s DOUBLE! When it begins, in seconds from the start of the audio.
end_s DOUBLE! When it ends, in seconds.
text VARCHAR! What is said.
speaker VARCHAR Who says it, where the transcript knows.
is_ad BOOLEAN! Whether it is a sponsor read or housekeeping.
ad_reason VARCHAR By what it was known as one: the kinds of cues that were heard around it, a name, or a repetition.
ad_confidence DOUBLE The share of such marks that was advertising where people looked, 0 to 1; not known of all.
episode_date DATE! The episode's day.
"""),
    ),
    Table(
        name="insights",
        description="One row per insight of an episode: a claim with its reasoning and a verbatim quote.",
        key=("insight_id",),
        partition="date",
        columns=_columns(_INSIGHT + "episode_date DATE! The episode's day.\n"),
    ),
    Table(
        name="llm_calls",
        description="One row per call to a language model: tokens, seconds and money.",
        key=("call_id",),
        partition="date",
        columns=_columns("""
call_id VARCHAR! The call.
episode_id VARCHAR! The episode it was made for; all where it was about several at once.
purpose VARCHAR! What it was made for.
model VARCHAR! The model that was asked.
status VARCHAR! What came back.
prompt_tokens BIGINT! Tokens read.
completion_tokens BIGINT! Tokens written.
cached_tokens BIGINT! Tokens read from the server's cache.
cost_usd DOUBLE The price, where prices are set.
duration_s DOUBLE! How long it took, in seconds.
called_at TIMESTAMPTZ! When it was made.
episode_date DATE! The episode's day.
"""),
    ),
    Table(
        name="digests",
        description="One row per digest of a day.",
        key=("digest_date",),
        partition="date",
        columns=_columns("""
digest_date DATE! The day.
considered BIGINT! How many insights of the last days were looked at.
eligible BIGINT! How many were good enough and not yet used.
shows_considered BIGINT! From how many shows they came.
built_at TIMESTAMPTZ! When it was built.
fingerprint VARCHAR! What it holds: same entries, same fingerprint.
revision BIGINT! 1 for the first build; grows when a rebuild chooses differently.
unfinished_episodes BIGINT How many episodes of the day were not ready when it was built last.
"""),
    ),
    Table(
        name="digest_entries",
        description="One row per chosen insight of a day, as it was published.",
        key=("digest_date", "rank"),
        partition="date",
        columns=_columns(
            """
digest_date DATE! The day.
rank BIGINT! 1 is the day's strongest.
"""
            + _INSIGHT
            + """
show_title VARCHAR! The show, as readers know it.
episode_title VARCHAR! The episode.
episode_date DATE! The episode's day.
published_at TIMESTAMPTZ! When the episode was published.
episode_url VARCHAR The episode's page.
audio_url VARCHAR The media file.
language VARCHAR The show's language.
show_priority DOUBLE! The show's weight in ranking.
score_value DOUBLE! The insight's worth, 0 to 1.
score_novelty DOUBLE! How different it is from the digests before, 0 to 1.
score_preference DOUBLE! How well it fits what the reader follows, 0 to 1.
score_freshness DOUBLE! How recent its episode is, 0 to 1.
score_support DOUBLE! How many independent shows say the same, 0 to 1.
score_total DOUBLE! What it was ranked by, 0 to 1.
reason VARCHAR! Why it was chosen, as a sentence.
also_said_by VARCHAR[][]! Insight and show of those that say the same.
context_before VARCHAR What was said before the quote.
context_after VARCHAR What was said after it.
digest_fingerprint VARCHAR The fingerprint of the digest that it belongs to.
"""
        ),
    ),
    Table(
        name="related_insights",
        description="One row per pair of insights that are about the same, in both directions.",
        key=("insight_id", "related_insight_id"),
        partition="file",
        columns=_columns("""
insight_id VARCHAR! The insight.
related_insight_id VARCHAR! Its neighbour.
similarity_ratio DOUBLE! How similar their texts are, 0 to 1.
compared_by VARCHAR words, or the embeddings model whose vectors were compared.
stance VARCHAR What a language model says of the two: agrees, disputes or neither; NULL where none was asked.
stance_fingerprint VARCHAR Of the two texts, the model and the question: the answer is kept under it.
"""),
    ),
    Table(
        name="insight_vectors",
        description="One row per insight, embeddings model and text: the vector by which it is compared.",
        key=("insight_id", "model", "text_fingerprint"),
        partition="date",
        columns=_columns("""
insight_id VARCHAR! The insight.
model VARCHAR! The embeddings model, with the number of dimensions where it was asked for fewer.
text_fingerprint VARCHAR! Of the words that were given to the model: claim and explanation.
dimensions BIGINT! How many numbers the vector has.
vector BLOB! The vector at unit length: its numbers in 32 bits each, little-endian.
episode_date DATE! The episode's day.
"""),
    ),
    Table(
        name="check_results",
        description="One row per rule and day: what the last check of a table found.",
        key=("table_name", "checked_date", "rule"),
        partition="table and date",
        columns=_columns("""
table_name VARCHAR! The table that was checked.
checked_date DATE! The day that was checked.
rule VARCHAR! The rule: a sentence that is true when it passes.
severity VARCHAR! error (what depends on it stops), set_aside (what breaks it is left out) or warning (a person looks).
passed BOOLEAN! Whether every row keeps the rule.
checked_rows BIGINT! How many rows were looked at.
failed_rows BIGINT! How many break the rule.
observed VARCHAR! What was found, in a few words.
sample VARCHAR! Some of the rows that break it, as JSON.
checked_at TIMESTAMPTZ! When it was checked.
"""),
    ),
    Table(
        name="quarantine",
        description="One row per row that broke a rule at the last check of its table; it leaves when it is mended.",
        key=("table_name", "checked_date", "rule", "row_key"),
        partition="table and date",
        columns=_columns("""
table_name VARCHAR! The table of the row.
checked_date DATE! The day that was checked.
rule VARCHAR! The rule that it breaks.
severity VARCHAR! error (what depends on it stops), set_aside (the item is left out) or warning (a person looks).
row_key VARCHAR! The row's key, as JSON.
item_id VARCHAR The insight or episode that the row belongs to, where its kind can be left out; NULL elsewhere.
row_values VARCHAR! What the rule looked at, as JSON.
row_count BIGINT! How many rows have this key.
reason VARCHAR! What would go wrong.
quarantined_at TIMESTAMPTZ! When the check found it.
"""),
    ),
    Table(
        name="evaluations",
        description="One row per evaluation, method and figure: what was measured of what is stored, beside baselines.",
        key=("evaluated_date", "method", "figure"),
        partition="date",
        columns=_columns("""
evaluated_date DATE! The day on which it was measured.
method VARCHAR! Whose passages: stored (what was found here), embedded, TextRank or random.
figure VARCHAR! What was measured, such as grounded or stands_alone.
amount DOUBLE A count, a mean or a ratio from 0 to 1, as the figure says; NULL where there was nothing to measure.
episodes BIGINT! How many episodes were looked at.
first_date DATE! The first day whose episodes and digests were looked at.
last_date DATE! The last of these days.
evaluated_at TIMESTAMPTZ! When it was measured.
"""),
    ),
    Table(
        name="outbox",
        description="One row per edition, channel and recipient: what was sent to whom, once.",
        key=("edition_date", "channel", "recipient"),
        partition="file",
        columns=_columns("""
edition_date DATE! The digest's day.
channel VARCHAR! smtp, or eml where no mail server is set.
recipient VARCHAR! The address.
state VARCHAR! planned, sending, sent or failed.
message_id VARCHAR! The message's identifier, the same on every try.
subject VARCHAR! The message's subject.
attempts BIGINT! How often it was tried.
planned_at TIMESTAMPTZ! When it was planned.
changed_at TIMESTAMPTZ! When its state last changed.
answer VARCHAR What the server said last.
digest_fingerprint VARCHAR What the edition held.
"""),
    ),
    Table(
        name="preferences",
        description="One row per reader and term or insight that they spoke of: followed, muted, liked or disliked.",
        key=("recipient", "subject"),
        partition="file",
        columns=_columns("""
subject VARCHAR! The term as it was written, or the insight's id.
kind VARCHAR! follow, mute, like or dislike.
label VARCHAR! What a person reads: the term, or the insight's claim.
said_at TIMESTAMPTZ! When it was said; likes and dislikes fade.
show_id VARCHAR The show of the insight.
topics VARCHAR[]! The topics of the insight.
recipient VARCHAR! The address of the one whose mail it shapes; empty where it shapes the digest.
"""),
    ),
    Table(
        name="skipped",
        description="One row per item that a stage did not process, with the reason; it leaves when it succeeds.",
        key=("stage", "scope", "subject_id"),
        partition="stage and scope",
        columns=_columns("""
stage VARCHAR! The stage that did not process it.
scope VARCHAR! The day, or all for stages without days.
show_id VARCHAR! The show.
subject_id VARCHAR! The episode, or the show where the stage works on shows.
reason VARCHAR! Why, as a code.
message VARCHAR! Why, as a sentence.
retryable BOOLEAN! Whether the next run tries again.
attempts BIGINT! How many runs skipped it.
first_at TIMESTAMPTZ! When a run first skipped it.
last_at TIMESTAMPTZ! When a run last skipped it.
"""),
    ),
)


@cache
def table(name: str) -> Table:
    """Return a table by name.

    Raises:
        KeyError: There is no such table.
    """
    for known in TABLES:
        if known.name == name:
            return known
    raise KeyError(f"there is no table {name!r}; there are {', '.join(known.name for known in TABLES)}")


@cache
def arrow_schema(name: str) -> Any:
    """Return the Parquet schema of a table, as a ``pyarrow.Schema`` that carries the schema version."""
    import pyarrow as pa

    types: dict[str, Any] = {
        "VARCHAR": pa.string(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "BLOB": pa.binary(),
        "DATE": pa.date32(),
        "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
        "VARCHAR[]": pa.list_(pa.string()),
        "VARCHAR[][]": pa.list_(pa.list_(pa.string())),
    }
    for written in _STRUCTS.values():
        inner = written.removeprefix("STRUCT(").removesuffix(")[]").split(", ")
        types[written] = pa.list_(pa.struct([(part.split()[0], types[part.split()[1]]) for part in inner]))
    fields = [pa.field(column.name, types[column.type], nullable=column.is_nullable) for column in table(name).columns]
    return pa.schema(fields, metadata={"podcast_insights.schema_version": str(SCHEMA_VERSION)})
