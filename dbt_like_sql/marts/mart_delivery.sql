-- materialized: table
-- One row per edition and channel: to how many people it went, and what is left to do.
SELECT
    edition_date,
    channel,
    count(*) AS recipients,
    count(*) FILTER (WHERE delivery_state = 'sent') AS sent,
    count(*) FILTER (WHERE delivery_state = 'failed') AS failed,
    count(*) FILTER (WHERE delivery_state IN ('planned', 'sending')) AS waiting,
    CAST(sum(attempts) AS BIGINT) AS attempts,
    min(planned_at) AS first_planned_at,
    max(changed_at) FILTER (WHERE delivery_state = 'sent') AS last_sent_at
FROM stg_outbox
GROUP BY edition_date, channel
ORDER BY edition_date DESC, channel
