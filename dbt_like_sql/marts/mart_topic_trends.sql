-- materialized: table
-- One row per week and topic of published insights: how often it came up, and on how many shows.
WITH said AS (
    SELECT
        digest_date,
        show_id,
        insight_id,
        unnest(topics) AS topic
    FROM stg_digest_entries
)

SELECT
    CAST(date_trunc('week', digest_date) AS DATE) AS week_date,
    topic,
    count(DISTINCT insight_id) AS insights,
    count(DISTINCT show_id) AS shows
FROM said
GROUP BY week_date, topic
ORDER BY week_date DESC, insights DESC, topic
