-- materialized: view
-- One row per insight of an episode: a claim with its reasoning and the speaker's own words.
SELECT
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
    extractor,
    model,
    grounding,
    stands_alone,
    makes_a_claim,
    gives_a_reason,
    is_news,
    can_be_acted_on,
    value_ratio
FROM insights
