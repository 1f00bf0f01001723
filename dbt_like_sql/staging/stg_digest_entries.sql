-- materialized: view
-- One row per chosen insight of a day, as it was published.
SELECT
    digest_date,
    rank,
    insight_id,
    episode_id,
    show_id,
    episode_date,
    claim,
    explanation,
    quote,
    speaker,
    start_s,
    end_s,
    topics,
    kind,
    show_title,
    episode_title,
    published_at,
    episode_url,
    audio_url,
    value_ratio,
    score_total,
    reason,
    also_said_by,
    context_before,
    context_after
FROM digest_entries
