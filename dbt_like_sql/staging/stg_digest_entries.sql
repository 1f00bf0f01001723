-- materialized: view
-- One row per chosen insight of a day, as it was published.
SELECT
    entries.digest_date,
    entries.rank,
    entries.insight_id,
    entries.episode_id,
    entries.show_id,
    entries.episode_date,
    entries.claim,
    entries.explanation,
    entries.quote,
    entries.speaker,
    entries.start_s,
    entries.end_s,
    entries.topics,
    entries.kind,
    entries.show_title,
    entries.episode_title,
    entries.published_at,
    entries.episode_url,
    entries.audio_url,
    entries.value_ratio,
    entries.score_total,
    entries.reason,
    entries.also_said_by,
    entries.context_before,
    entries.context_after
FROM digest_entries AS entries
-- A rebuild that was stopped leaves two generations of entries: those count that the digest names. Of a day whose
-- digest was never finished, none does.
WHERE EXISTS (
    SELECT 1
    FROM digests
    WHERE
        digests.digest_date = entries.digest_date
        AND digests.fingerprint = coalesce(entries.digest_fingerprint, digests.fingerprint)
)
