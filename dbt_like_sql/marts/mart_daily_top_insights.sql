-- materialized: table
-- One row per published insight, flat and in words, for people who look with a table.
SELECT
    entries.digest_date,
    entries.rank,
    entries.insight_id,
    entries.claim,
    entries.explanation,
    entries.quote,
    entries.speaker,
    entries.show_title,
    entries.episode_title,
    entries.published_at,
    -- A time that is no number, or no time that there is, must not stop the others.
    CAST(to_seconds(try_cast(floor(entries.start_s) AS INTEGER)) AS VARCHAR) AS starts_at_clock,
    CASE
        WHEN starts_with(entries.audio_url, 'http')
            THEN entries.audio_url || coalesce('#t=' || try_cast(floor(entries.start_s) AS INTEGER), '')
    END AS listen_url,
    entries.episode_url,
    array_to_string(entries.topics, ', ') AS topics,
    entries.kind,
    entries.value_ratio,
    entries.score_total,
    entries.reason,
    len(entries.also_said_by) AS other_shows_saying_it,
    digests.insights_considered,
    digests.revision
FROM stg_digest_entries AS entries
LEFT JOIN stg_digests AS digests ON entries.digest_date = digests.digest_date
ORDER BY entries.digest_date DESC, entries.rank
