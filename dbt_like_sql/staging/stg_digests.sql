-- materialized: view
-- One row per digest of a day: how many insights it chose from, and how often it was rebuilt.
SELECT
    digest_date,
    considered AS insights_considered,
    eligible AS insights_eligible,
    shows_considered,
    built_at,
    revision,
    unfinished_episodes
FROM digests
