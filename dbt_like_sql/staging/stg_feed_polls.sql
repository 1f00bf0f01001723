-- materialized: view
-- One row per poll of a feed: when, how it went, and what was new.
SELECT
    show_id,
    polled_at,
    outcome,
    outcome IN ('failed', 'held', 'gone') AS is_failed,
    http_status,
    body_bytes,
    duration_s AS poll_duration_s,
    new_episodes,
    changed_episodes,
    dropped_items,
    drop_reasons,
    error
FROM feed_polls
