-- materialized: table
-- One row per day, model and purpose: the calls to language models, their tokens and what they cost.
SELECT
    episode_date,
    model,
    purpose,
    count(*) AS calls,
    count(*) FILTER (WHERE is_failed) AS failed_calls,
    count(DISTINCT episode_id) FILTER (WHERE episode_id <> 'all') AS episodes,
    CAST(sum(prompt_tokens) AS BIGINT) AS prompt_tokens,
    CAST(sum(completion_tokens) AS BIGINT) AS completion_tokens,
    CAST(sum(cached_tokens) AS BIGINT) AS cached_tokens,
    sum(cost_usd) AS cost_usd,
    sum(call_duration_s) AS call_duration_s
FROM stg_llm_calls
GROUP BY episode_date, model, purpose
ORDER BY episode_date DESC, model, purpose
