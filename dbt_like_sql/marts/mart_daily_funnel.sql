-- materialized: table
-- One row per day with episodes: how many came how far, from the feed to the digest.
SELECT
    episode_date,
    count(*) AS listed,
    count(*) FILTER (WHERE is_selected) AS selected,
    count(*) FILTER (WHERE has_publisher_transcript) AS with_publisher_transcript,
    count(*) FILTER (WHERE is_downloaded) AS downloaded,
    count(*) FILTER (WHERE is_transcribed) AS transcribed,
    count(*) FILTER (WHERE insights > 0) AS with_insights,
    CAST(sum(insights) AS BIGINT) AS insights,
    CAST(sum(digest_entries) AS BIGINT) AS in_digest,
    count(*) FILTER (WHERE is_skipped) AS skipped
FROM fct_episodes
GROUP BY episode_date
ORDER BY episode_date DESC
