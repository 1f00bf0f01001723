-- materialized: view
-- One row per row that broke a rule at the last check of its table; it leaves when it is mended.
SELECT
    table_name,
    checked_date,
    rule,
    severity,
    row_key,
    item_id,
    row_values,
    row_count,
    reason,
    quarantined_at
FROM quarantine
