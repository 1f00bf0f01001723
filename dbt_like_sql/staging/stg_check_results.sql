-- materialized: view
-- One row per rule and day: what the last check of a table found.
SELECT
    table_name,
    checked_date,
    rule,
    severity,
    passed AS is_kept,
    checked_rows,
    failed_rows,
    observed,
    sample,
    checked_at
FROM check_results
