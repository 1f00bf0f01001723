-- materialized: view
-- One row per show that was ever polled: what it is called and how its feed is doing.
SELECT
    show_id,
    name AS show_name,
    title AS show_title,
    feed_url,
    aliases AS feed_aliases,
    page_url,
    author AS show_author,
    language,
    status AS feed_status,
    last_polled_at,
    last_changed_at,
    next_poll_at,
    failures_in_a_row,
    last_error
FROM shows
