"""The columns of every table's batch, as SQL: what takes several rows or tables to know is one column here.

So that every rule needs only its own row, a query computes what rules ask about (is the quote in the transcript, is the
number the next one). It sees the day's partitions of the tables that it names, and ``checked``: one row with the day
and the settings that limit a digest. It looks other tables up with subqueries, never joins, so that a key that is there
twice in one table is not reported by another. ``batches.py`` runs the queries.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchQuery:
    """The query for a table's frame: the other tables that it reads, its date column, and its own columns.

    A table without a file for each day has a condition on its rows (``where``), or is checked whole. With
    ``reads_shows``, the files of the shows of the day are read, too.
    """

    columns: str
    reads: tuple[str, ...] = ()
    date_column: str | None = "episode_date"
    before: str = ""
    where: str = ""
    is_by_day: bool = True
    reads_shows: bool = False


QUERIES = {
    "episodes": BatchQuery(
        reads=("skipped",),
        columns="""
    episode_id,
    title,
    duration_s,
    CASE WHEN decision = 'process' THEN enclosure_url END AS selected_enclosure_url,
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
    (SELECT max(episodes.title) FROM episodes WHERE episodes.episode_id = subject.episode_id) AS episode_title,
    start_s,
    episode_id IN (SELECT episode_id FROM episodes WHERE decision = 'process') AS is_of_selected_episode""",
    ),
    "publisher_transcripts": BatchQuery(
        reads=("episodes",),
        columns="""
    episode_id,
    (SELECT max(episodes.title) FROM episodes WHERE episodes.episode_id = subject.episode_id) AS episode_title,
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
    (SELECT max(episodes.title) FROM episodes WHERE episodes.episode_id = subject.episode_id) AS episode_title,
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
        reads=("episodes", "audio_files", "segments", "skipped", "shows"),
        reads_shows=True,
        before="""
WITH words AS (
    SELECT
        episode_id,
        count(*) AS segment_rows,
        max(end_s) AS ends_s,
        CAST(sum(length(text)) AS DOUBLE) AS chars,
        CAST(sum(length(text)) FILTER (text = text_before) AS DOUBLE) AS repeated_chars,
        md5(string_agg(text, ' ' ORDER BY index)) AS text_hash
    FROM (SELECT *, lag(text) OVER (PARTITION BY episode_id ORDER BY index) AS text_before FROM segments)
    GROUP BY episode_id
),

texts AS (
    SELECT
        episode_id,
        segment_rows,
        ends_s,
        chars,
        coalesce(repeated_chars, 0) / nullif(chars, 0) AS repeated_ratio,
        count(*) OVER (PARTITION BY text_hash) AS episodes_with_this_text
    FROM words
),

declared AS (
    SELECT show_id, primary_language(max(language)) AS language FROM shows GROUP BY show_id
)
""",
        columns="""
    episode_id,
    (SELECT max(episodes.title) FROM episodes WHERE episodes.episode_id = subject.episode_id) AS episode_title,
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
    (SELECT repeated_ratio FROM texts WHERE texts.episode_id = subject.episode_id) AS repeated_ratio,
    (
        SELECT texts.episodes_with_this_text FROM texts WHERE texts.episode_id = subject.episode_id
    ) AS episodes_with_this_text,
    primary_language(language) AS spoken_language,
    (SELECT declared.language FROM declared WHERE declared.show_id = subject.show_id) AS declared_language,
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
    show_id,
    (SELECT max(transcripts.show_id) FROM transcripts WHERE transcripts.episode_id = subject.episode_id) AS said_on,
    episode_id IN (SELECT subject_id FROM skipped WHERE stage = 'insights') AS is_also_skipped""",
    ),
    "digest_entries": BatchQuery(
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
    "shows": BatchQuery(
        date_column=None,
        is_by_day=False,
        columns="""
    show_id,
    name,
    feed_url,
    status,
    status = 'failing' AND last_error IS NULL AS fails_without_a_reason""",
    ),
    "outbox": BatchQuery(
        reads=("digests",),
        date_column="edition_date",
        where="WHERE edition_date = checked.day",
        columns="""
    CAST(edition_date AS VARCHAR) AS edition_date,
    channel,
    recipient,
    subject,
    state,
    state = 'sent' AND attempts < 1 AS is_sent_without_a_try,
    state = 'sending' AS is_in_doubt,
    edition_date IN (SELECT digest_date FROM digests) AS has_an_edition,
    changed_at < planned_at AS changed_before_it_was_planned""",
    ),
}
