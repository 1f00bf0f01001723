-- materialized: view
-- One row per edition, channel and recipient: what became of it.
SELECT
    edition_date,
    channel,
    recipient,
    state AS delivery_state,
    message_id,
    subject,
    attempts,
    planned_at,
    changed_at,
    answer
FROM outbox
