-- materialized: table
-- One row per show: its feed's health, and what came of its episodes.
WITH polls AS (
    SELECT
        show_id,
        count(*) AS polls,
        count(*) FILTER (WHERE is_failed) AS failed_polls
    FROM stg_feed_polls
    GROUP BY show_id
),

episodes_of_show AS (
    SELECT
        show_id,
        count(*) AS episodes,
        max(published_at) AS last_published_at,
        count(*) FILTER (WHERE is_selected) AS selected_episodes,
        count(*) FILTER (WHERE is_transcribed) AS transcribed_episodes,
        CAST(sum(insights) AS BIGINT) AS insights,
        CAST(sum(digest_entries) AS BIGINT) AS digest_entries
    FROM fct_episodes
    GROUP BY show_id
)

SELECT
    shows.show_id,
    shows.show_name,
    shows.show_title,
    shows.feed_url,
    shows.page_url,
    shows.language,
    shows.feed_status,
    shows.last_polled_at,
    shows.next_poll_at,
    shows.failures_in_a_row,
    shows.last_error,
    coalesce(polls.polls, 0) AS polls,
    coalesce(polls.failed_polls, 0) AS failed_polls,
    coalesce(made.episodes, 0) AS episodes,
    made.last_published_at,
    coalesce(made.selected_episodes, 0) AS selected_episodes,
    coalesce(made.transcribed_episodes, 0) AS transcribed_episodes,
    coalesce(made.insights, 0) AS insights,
    coalesce(made.digest_entries, 0) AS digest_entries
FROM stg_shows AS shows
LEFT JOIN polls ON shows.show_id = polls.show_id
LEFT JOIN episodes_of_show AS made ON shows.show_id = made.show_id
ORDER BY shows.show_name, shows.show_id
