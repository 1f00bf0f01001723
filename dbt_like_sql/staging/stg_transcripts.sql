-- materialized: view
-- One row per transcript: where it came from and how long it is; its words are in the table segments.
SELECT
    episode_id,
    show_id,
    episode_date,
    source AS transcript_source,
    engine,
    model,
    language,
    has_times,
    duration_s AS transcript_duration_s,
    segment_count,
    word_count,
    ad_ratio,
    real_time_factor,
    cost_usd AS transcription_cost_usd,
    made_at
FROM transcripts
