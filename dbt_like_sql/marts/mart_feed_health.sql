-- materialized: table
-- One row per show and day (UTC) on which its feed was asked: how often, with which results, and what was new.
SELECT
    polls.show_id,
    any_value(shows.show_name) AS show_name,
    CAST(polls.polled_at AT TIME ZONE 'UTC' AS DATE) AS polled_date,
    count(*) AS polls,
    count(*) FILTER (WHERE polls.is_failed) AS failed_polls,
    count(*) FILTER (WHERE polls.outcome = 'not_modified') AS not_modified_polls,
    CAST(sum(polls.new_episodes) AS BIGINT) AS new_episodes,
    CAST(sum(polls.dropped_items) AS BIGINT) AS dropped_items,
    CAST(sum(polls.body_bytes) AS BIGINT) AS body_bytes,
    max(polls.poll_duration_s) AS slowest_poll_s,
    arg_max(polls.error, polls.polled_at) FILTER (WHERE polls.error IS NOT NULL) AS last_error
FROM stg_feed_polls AS polls
LEFT JOIN stg_shows AS shows ON polls.show_id = shows.show_id
GROUP BY polls.show_id, polled_date
ORDER BY polled_date DESC, polls.show_id
