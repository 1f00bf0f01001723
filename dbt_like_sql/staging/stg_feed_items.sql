-- materialized: view
-- One row per episode that a feed has ever listed: the catalogue before any decision.
SELECT
    episode_id,
    show_id,
    title AS episode_title,
    page_url AS episode_url,
    published_at,
    has_plausible_date,
    episode_date,
    duration_s AS announced_duration_s,
    enclosure_url AS audio_url,
    len(transcript_links) AS transcript_links,
    chapters_url,
    [person.name FOR person IN coalesce(persons, [])] AS people,
    season,
    episode_number,
    episode_type,
    first_seen_at,
    gone_at IS NULL AS is_listed
FROM feed_items
