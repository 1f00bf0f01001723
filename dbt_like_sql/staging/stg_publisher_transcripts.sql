-- materialized: view
-- One row per publisher's transcript that was tried: whether it could be used, and why.
SELECT
    episode_id,
    show_id,
    episode_date,
    url AS transcript_url,
    format AS transcript_format,
    is_usable,
    reason,
    message
FROM publisher_transcripts
