-- materialized: view
-- One row per call to a language model: tokens, seconds and money.
SELECT
    call_id,
    episode_id,
    episode_date,
    purpose,
    model,
    status AS call_status,
    status <> 'answered' AS is_failed,
    prompt_tokens,
    completion_tokens,
    cached_tokens,
    cost_usd,
    duration_s AS call_duration_s,
    called_at
FROM llm_calls
