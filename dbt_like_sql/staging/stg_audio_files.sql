-- materialized: view
-- One row per audio file that was downloaded and decoded.
SELECT
    episode_id,
    show_id,
    episode_date,
    size_bytes AS audio_bytes,
    codec,
    duration_s AS audio_duration_s,
    declared_duration_s,
    bad_packet_ratio,
    is_damaged,
    good_ratio,
    downloaded_at
FROM audio_files
