-- The newest version of each exchange rate, by day and currency.
SELECT date, currency, rate
FROM vault.raw.exchange_rates
QUALIFY row_number() OVER (
    PARTITION BY date, currency ORDER BY file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
