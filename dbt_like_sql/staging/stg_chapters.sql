-- materialized: view
-- One row per chapter of a processed episode: where it begins and what it is called.
SELECT
    episode_id,
    show_id,
    episode_date,
    start_s,
    title AS chapter_title,
    source_url IS NULL AS is_from_feed
FROM chapters
