-- materialized: table
-- One row per day, source and model: how much was transcribed, and how fast.
SELECT
    episode_date,
    transcript_source,
    engine,
    coalesce(model, '') AS model,
    count(*) AS transcripts,
    sum(transcript_duration_s) / 3600 AS hours,
    CAST(sum(word_count) AS BIGINT) AS words,
    sum(ad_ratio * word_count) / nullif(sum(word_count), 0) AS ad_ratio,
    median(real_time_factor) AS median_real_time_factor,
    sum(real_time_factor * transcript_duration_s) / 3600 AS compute_hours,
    sum(transcription_cost_usd) AS cost_usd
FROM stg_transcripts
GROUP BY episode_date, transcript_source, engine, coalesce(model, '')
ORDER BY episode_date DESC, transcript_source, engine, model
