-- materialized: view
-- One row per item that a stage did not process, with the reason; it leaves when the item succeeds.
SELECT
    stage,
    try_cast(scope AS DATE) AS episode_date,
    show_id,
    subject_id,
    reason AS skip_reason,
    message AS skip_message,
    retryable AS is_retryable,
    attempts,
    first_at AS first_skipped_at,
    last_at AS last_skipped_at
FROM skipped
