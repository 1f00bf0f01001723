-- materialized: table
-- One row per insight of an episode: where it comes from, and whether and where it was published.
WITH neighbours AS (
    SELECT
        insight_id,
        count(*) AS related_insights
    FROM stg_related_insights
    GROUP BY insight_id
),

-- Where two digests hold it, as after a change of digest.lookback_days, the first counts.
entries_of_insight AS (
    SELECT
        insight_id,
        min(digest_date) AS digest_date,
        arg_min(rank, digest_date) AS digest_rank
    FROM stg_digest_entries
    GROUP BY insight_id
)

SELECT
    found.insight_id,
    found.episode_id,
    found.show_id,
    shows.show_name,
    episodes.episode_title,
    found.episode_date,
    found.claim,
    found.speaker,
    found.start_s,
    found.kind,
    found.extractor,
    found.model,
    found.grounding,
    found.value_ratio,
    entries.insight_id IS NOT NULL AS is_published,
    entries.digest_date,
    entries.digest_rank,
    coalesce(neighbours.related_insights, 0) AS related_insights
FROM stg_insights AS found
LEFT JOIN stg_shows AS shows ON found.show_id = shows.show_id
LEFT JOIN stg_feed_items AS episodes ON found.episode_id = episodes.episode_id
LEFT JOIN entries_of_insight AS entries ON found.insight_id = entries.insight_id
LEFT JOIN neighbours ON found.insight_id = neighbours.insight_id
ORDER BY found.episode_date DESC, found.show_id, found.episode_id, found.start_s, found.insight_id
