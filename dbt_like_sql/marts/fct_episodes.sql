-- materialized: table
-- One row per episode of the catalogue: how far it came, and where and why it stopped.
WITH usable AS (
    SELECT DISTINCT episode_id
    FROM stg_publisher_transcripts
    WHERE is_usable
),

insights_of_episode AS (
    SELECT
        episode_id,
        count(*) AS insights
    FROM stg_insights
    GROUP BY episode_id
),

entries_of_episode AS (
    SELECT
        episode_id,
        count(*) AS digest_entries
    FROM stg_digest_entries
    GROUP BY episode_id
),

-- A publisher's transcript that fails stops nothing: the audio is transcribed instead.
last_skips AS (
    SELECT
        subject_id,
        arg_max(stage, last_skipped_at) AS skipped_stage,
        arg_max(skip_reason, last_skipped_at) AS skip_reason,
        arg_max(skip_message, last_skipped_at) AS skip_message
    FROM stg_skipped
    WHERE stage IN ('episodes', 'audio', 'transcripts', 'insights')
    GROUP BY subject_id
)

SELECT
    items.episode_id,
    items.show_id,
    shows.show_name,
    items.episode_title,
    items.published_at,
    items.episode_date,
    items.announced_duration_s,
    items.is_listed,
    coalesce(decided.is_selected, FALSE) AS is_selected,
    decided.decision_reason,
    usable.episode_id IS NOT NULL AS has_publisher_transcript,
    audio.episode_id IS NOT NULL AS is_downloaded,
    audio.audio_duration_s,
    transcripts.episode_id IS NOT NULL AS is_transcribed,
    transcripts.transcript_source,
    transcripts.word_count,
    transcripts.ad_ratio,
    coalesce(found.insights, 0) AS insights,
    coalesce(entries.digest_entries, 0) AS digest_entries,
    last_skips.subject_id IS NOT NULL OR NOT coalesce(decided.is_selected, TRUE) AS is_skipped,
    last_skips.skipped_stage,
    last_skips.skip_reason,
    last_skips.skip_message,
    CASE
        WHEN entries.episode_id IS NOT NULL THEN 'in_digest'
        WHEN found.episode_id IS NOT NULL THEN 'with_insights'
        WHEN transcripts.episode_id IS NOT NULL THEN 'transcribed'
        WHEN usable.episode_id IS NOT NULL THEN 'with_publisher_transcript'
        WHEN audio.episode_id IS NOT NULL THEN 'downloaded'
        WHEN decided.is_selected THEN 'selected'
        ELSE 'listed'
    END AS furthest_stage
FROM stg_feed_items AS items
LEFT JOIN stg_shows AS shows ON items.show_id = shows.show_id
LEFT JOIN stg_episodes AS decided ON items.episode_id = decided.episode_id
LEFT JOIN usable ON items.episode_id = usable.episode_id
LEFT JOIN stg_audio_files AS audio ON items.episode_id = audio.episode_id
LEFT JOIN stg_transcripts AS transcripts ON items.episode_id = transcripts.episode_id
LEFT JOIN insights_of_episode AS found ON items.episode_id = found.episode_id
LEFT JOIN entries_of_episode AS entries ON items.episode_id = entries.episode_id
LEFT JOIN last_skips ON items.episode_id = last_skips.subject_id
ORDER BY items.episode_date DESC, items.show_id, items.episode_id
