-- materialized: view
-- One row per pair of published insights that are about the same, in both directions.
SELECT
    insight_id,
    related_insight_id,
    similarity_ratio,
    compared_by,
    stance,
    stance_fingerprint
FROM related_insights
