-- materialized: view
-- One row per evaluation, method and figure: what was measured of what is stored, beside baselines.
SELECT
    evaluated_date,
    method,
    figure,
    amount,
    episodes,
    first_date,
    last_date,
    evaluated_at
FROM evaluations
