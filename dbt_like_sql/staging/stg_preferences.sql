-- materialized: view
-- One row per term or insight that the reader spoke of: followed, muted, liked or disliked.
SELECT
    subject,
    kind,
    label,
    said_at,
    show_id,
    topics
FROM preferences
