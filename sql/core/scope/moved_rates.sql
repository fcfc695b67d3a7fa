-- By currency, the first and last day whose rate the new files changed: a table of rates that lands again unchanged
-- changes none. Temporary table: new_files.
WITH landed AS (
    SELECT date, currency FROM vault.raw.exchange_rates SEMI JOIN new_files USING (file_id)
),
versions AS (
    SELECT date, currency, rate, file_id IN (SELECT file_id FROM new_files) AS is_new,
        (coalesce(file_event_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'), file_id, row_number) AS version
    FROM vault.raw.exchange_rates
    SEMI JOIN landed USING (date, currency)
),
rates AS (
    SELECT date, currency, arg_max(rate, version) AS now, arg_max(rate, version) FILTER (NOT is_new) AS before
    FROM versions
    GROUP BY ALL
)
SELECT currency, min(date) AS first_date, max(date) AS last_date
FROM rates
WHERE now IS DISTINCT FROM before
GROUP BY currency
