-- materialized: view
-- One row per insight, embeddings model and text: that there is a vector by which it is compared.
SELECT
    insight_id,
    model,
    text_fingerprint,
    dimensions,
    episode_date
FROM insight_vectors
