-- materialized: view
-- One row per episode of a processed day: whether it was selected, and why.
SELECT
    episode_id,
    show_id,
    episode_date,
    decision = 'process' AS is_selected,
    reason AS decision_reason,
    message AS decision_message
FROM episodes
