-- materialized: table
-- One row per pair of published insights that are about the same, in words and in both directions.
WITH published AS (
    SELECT
        insight_id,
        any_value(show_id) AS show_id,
        any_value(show_title) AS show_title,
        any_value(claim) AS claim,
        min(digest_date) AS digest_date
    FROM stg_digest_entries
    GROUP BY insight_id
)

SELECT
    pairs.insight_id,
    ours.claim,
    ours.show_title,
    ours.digest_date,
    pairs.related_insight_id,
    theirs.claim AS related_claim,
    theirs.show_title AS related_show_title,
    theirs.digest_date AS related_digest_date,
    ours.show_id <> theirs.show_id AS is_other_show,
    pairs.similarity_ratio,
    pairs.compared_by,
    pairs.stance
FROM stg_related_insights AS pairs
INNER JOIN published AS ours ON pairs.insight_id = ours.insight_id
INNER JOIN published AS theirs ON pairs.related_insight_id = theirs.insight_id
ORDER BY ours.digest_date DESC, pairs.insight_id, pairs.similarity_ratio DESC, pairs.related_insight_id
