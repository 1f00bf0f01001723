-- materialized: view
-- One row per reader and term or insight that they spoke of: followed, muted, liked or disliked.
SELECT
    recipient,
    subject,
    kind,
    label,
    said_at,
    show_id,
    topics
FROM preferences
