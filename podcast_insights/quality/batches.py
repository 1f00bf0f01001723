"""Batches: one flat frame for a day of a table, in which every rule needs only its own row.

What takes several rows or tables to know (is the quote in the transcript, is the number the next one) is computed
here, in one query per table, so that the rules stay simple expectations on columns. A query sees the day's partitions
of the tables it names, and ``checked``: one row with the day and the settings that limit a digest. It looks other
tables up with subqueries, never joins, so that a key that is there twice in one table is not reported by another.

Frames come through Arrow: pandas' own conversion in DuckDB turns dates into timestamps and sums into floats. They hold
only numbers, texts and booleans.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, get_args

from podcast_insights.days import day_bounds, window_ending
from podcast_insights.errors import StorageError
from podcast_insights.settings import DigestSettings
from podcast_insights.skips import Stage
from podcast_insights.storage.by_day import day_partition
from podcast_insights.storage.schemas import table
from podcast_insights.storage.skipped import skipped_partition
from podcast_insights.storage.warehouse import Warehouse

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

# With digest.max_per_show unset, a show gives one insight where five shows compete and two otherwise; so do episodes.
MAX_PER_SHOW_BY_DEFAULT = 2
MAX_PER_EPISODE_BY_DEFAULT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchQuery:
    """The query for a table's frame: the other tables that it reads, its date column, and its own columns."""

    reads: tuple[str, ...]
    columns: str
    date_column: str = "episode_date"
    before: str = ""


QUERIES = {
    "episodes": BatchQuery(
        reads=("skipped",),
        columns="""
    episode_id,
    title,
    duration_s,
    decision = 'process'
        AND episode_id IN (SELECT subject_id FROM skipped WHERE stage = 'episodes') AS is_also_skipped,
    CASE
        WHEN NOT has_plausible_date THEN NULL
        WHEN published_at < checked.starts_at THEN 'before the day'
        WHEN published_at >= checked.ends_at THEN 'after the day'
        ELSE 'on the day'
    END AS published,
    decision <> 'process' OR enclosure_url IS NOT NULL OR len(transcript_links) > 0 AS has_a_source""",
    ),
    "chapters": BatchQuery(
        reads=("episodes",),
        columns="""
    episode_id,
    start_s,
    episode_id IN (SELECT episode_id FROM episodes WHERE decision = 'process') AS is_of_selected_episode""",
    ),
    "publisher_transcripts": BatchQuery(
        reads=("episodes",),
        columns="""
    episode_id,
    url,
    count(*) FILTER (is_usable) OVER (PARTITION BY episode_id) AS usable_of_episode,
    is_usable AND format IS NULL AS is_usable_without_format,
    is_usable AND transcript_fingerprint IS NULL AS is_usable_without_words,
    episode_id IN (SELECT episode_id FROM episodes WHERE decision = 'process') AS is_of_selected_episode""",
    ),
    "audio_files": BatchQuery(
        reads=("episodes", "skipped"),
        columns="""
    episode_id,
    size_bytes,
    duration_s,
    bad_packet_ratio,
    is_damaged,
    duration_s / (
        SELECT max(episodes.duration_s)
        FROM episodes
        WHERE episodes.episode_id = subject.episode_id AND episodes.duration_s > 0
    ) AS announced_ratio,
    episode_id IN (SELECT subject_id FROM skipped WHERE stage = 'audio') AS is_also_skipped,
    episode_id IN (SELECT episode_id FROM episodes WHERE decision = 'process') AS is_of_selected_episode""",
    ),
    "transcripts": BatchQuery(
        reads=("episodes", "audio_files", "segments", "skipped"),
        before="""
WITH words AS (
    SELECT
        episode_id,
        count(*) AS segment_rows,
        max(end_s) AS ends_s,
        CAST(sum(length(text)) AS DOUBLE) AS chars,
        md5(string_agg(text, ' ' ORDER BY index)) AS text_hash
    FROM segments
    GROUP BY episode_id
),

texts AS (
    SELECT episode_id, segment_rows, ends_s, chars, count(*) OVER (PARTITION BY text_hash) AS episodes_with_this_text
    FROM words
)
""",
        columns="""
    episode_id,
    duration_s,
    ad_ratio,
    segment_count,
    coalesce((SELECT segment_rows FROM texts WHERE texts.episode_id = subject.episode_id), 0) AS stored_segments,
    (SELECT ends_s FROM texts WHERE texts.episode_id = subject.episode_id AND subject.has_times) / coalesce(
        (SELECT max(audio_files.duration_s) FROM audio_files WHERE audio_files.episode_id = subject.episode_id),
        (SELECT max(episodes.duration_s) FROM episodes WHERE episodes.episode_id = subject.episode_id),
        duration_s
    ) AS coverage_ratio,
    (SELECT chars FROM texts WHERE texts.episode_id = subject.episode_id) / nullif(duration_s, 0) AS chars_per_s,
    (
        SELECT texts.episodes_with_this_text FROM texts WHERE texts.episode_id = subject.episode_id
    ) AS episodes_with_this_text,
    episode_id IN (SELECT subject_id FROM skipped WHERE stage = 'transcripts') AS is_also_skipped,
    episode_id IN (SELECT episode_id FROM episodes WHERE decision = 'process') AS is_of_selected_episode""",
    ),
    "segments": BatchQuery(
        reads=("transcripts",),
        columns="""
    episode_id,
    index,
    dense_rank() OVER (PARTITION BY episode_id ORDER BY index) - 1 AS position,
    start_s,
    lag(start_s) OVER (PARTITION BY episode_id ORDER BY index) AS previous_start_s,
    end_s,
    text,
    episode_id IN (SELECT episode_id FROM transcripts) AS has_transcript""",
    ),
    "insights": BatchQuery(
        reads=("transcripts", "segments", "skipped"),
        before="""
WITH texts AS (
    SELECT episode_id, string_agg(text, ' ' ORDER BY index) AS text
    FROM segments
    GROUP BY episode_id
)
""",
        columns="""
    insight_id,
    claim,
    explanation,
    quote,
    start_s,
    end_s,
    first_segment,
    last_segment,
    value_ratio,
    coalesce(
        (SELECT contains(texts.text, subject.quote) FROM texts WHERE texts.episode_id = subject.episode_id), false
    ) AS is_quote_in_transcript,
    EXISTS (
        SELECT 1
        FROM segments
        WHERE
            segments.episode_id = subject.episode_id
            AND segments.index BETWEEN subject.first_segment AND subject.last_segment
            AND segments.is_ad
    ) AS touches_ad,
    (
        SELECT max(transcripts.duration_s) FROM transcripts WHERE transcripts.episode_id = subject.episode_id
    ) AS transcript_duration_s,
    episode_id IN (SELECT subject_id FROM skipped WHERE stage = 'insights') AS is_also_skipped""",
    ),
    "digest_entries": BatchQuery(
        reads=(),
        date_column="digest_date",
        columns="""
    CAST(digest_date AS VARCHAR) AS digest_date,
    rank,
    insight_id,
    claim,
    explanation,
    quote,
    reason,
    value_ratio,
    checked.min_value_ratio,
    dense_rank() OVER (ORDER BY rank) AS position,
    checked.top_n,
    count(*) OVER (PARTITION BY episode_id) AS entries_of_episode,
    checked.max_per_episode,
    count(*) OVER (PARTITION BY show_id) AS entries_of_show,
    checked.max_per_show,
    list_contains(checked.earlier_insight_ids, insight_id) AS was_published_before,
    episode_date BETWEEN checked.looks_back_to AND checked.day AS is_in_lookback""",
    ),
}


def batch_of(warehouse: Warehouse, name: str, day: date, *, digest: DigestSettings) -> "pd.DataFrame":
    """Return the frame of a table's day.

    It has the column ``is_written`` only where the day has a file that can be read.

    Raises:
        DamagedFileError: A damaged file was met; it is set aside now.
        StorageError: What the files hold does not fit the table.
    """
    import duckdb

    query = QUERIES[name]
    partitions = _partitions(day)
    earlier = _earlier_insight_ids(warehouse, day, digest) if name == "digest_entries" else []
    try:
        with warehouse.connect((name, *query.reads), partitions=partitions) as connection:
            _create_checked(connection, day, digest, earlier)
            frame: pd.DataFrame = connection.sql(_sql(name, query)).to_arrow_table().to_pandas()
    except duckdb.Error as error:
        raise StorageError(f"{name} of {day} cannot be checked: {error}") from error
    if warehouse.files(name, partitions=[day_partition(day)]):
        frame["is_written"] = True
    return frame


def _partitions(day: date) -> list[str]:
    """Return the partitions of the day in every table, those of ``skipped`` included."""
    # Named, not listed: a listing grows with every day that was ever processed.
    return [day_partition(day), *(skipped_partition(stage, day) for stage in get_args(Stage))]


def _earlier_insight_ids(warehouse: Warehouse, day: date, digest: DigestSettings) -> list[str]:
    """Return what the digests before ``day`` published that ``day`` could consider again.

    An insight can only have been used on or after the day of its episode, so the days that are looked back to suffice.
    """
    partitions = [day_partition(earlier) for earlier in window_ending(day, digest.lookback_days)[:-1]]
    with warehouse.connect(["digest_entries"], partitions=partitions) as connection:
        rows = connection.execute("SELECT DISTINCT insight_id FROM digest_entries WHERE digest_date < ?", [day])
        return [insight_id for (insight_id,) in rows.fetchall()]


def _create_checked(
    connection: "duckdb.DuckDBPyConnection", day: date, digest: DigestSettings, earlier: list[str]
) -> None:
    starts_at, ends_at = day_bounds(day, digest.zone)
    connection.execute(
        """
        CREATE TEMP TABLE checked AS
        SELECT
            CAST($day AS DATE) AS day,
            CAST($starts_at AS TIMESTAMPTZ) AS starts_at,
            CAST($ends_at AS TIMESTAMPTZ) AS ends_at,
            CAST($looks_back_to AS DATE) AS looks_back_to,
            CAST($top_n AS BIGINT) AS top_n,
            CAST($max_per_episode AS BIGINT) AS max_per_episode,
            CAST($max_per_show AS BIGINT) AS max_per_show,
            CAST($min_value_ratio AS DOUBLE) AS min_value_ratio,
            CAST($earlier AS VARCHAR[]) AS earlier_insight_ids
        """,
        {
            "day": day,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "looks_back_to": window_ending(day, digest.lookback_days)[0],
            "top_n": digest.top_n,
            "max_per_episode": digest.max_per_episode or MAX_PER_EPISODE_BY_DEFAULT,
            "max_per_show": digest.max_per_show or MAX_PER_SHOW_BY_DEFAULT,
            "min_value_ratio": digest.min_value_ratio,
            "earlier": earlier,
        },
    )


def _sql(name: str, query: BatchQuery) -> str:
    """Return the query of a table's frame: what all frames have, then the table's own columns."""
    required = [column.name for column in table(name).columns if not column.is_nullable]
    missing = ", ".join(f"CASE WHEN subject.\"{column}\" IS NULL THEN '{column}' END" for column in required)
    return f"""{query.before}
SELECT
    concat_ws(', ', {missing}) AS missing_values,
    CAST(subject.{query.date_column} AS VARCHAR) AS row_date,
    CAST(checked.day AS VARCHAR) AS day,{query.columns}
FROM {name} AS subject
CROSS JOIN checked
"""  # noqa: S608 - every name comes from the schema
