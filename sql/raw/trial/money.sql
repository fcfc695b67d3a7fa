-- The orders of one file by currency, the last version of each: currency, orders, total, refunded.
SELECT currency, count(*), CAST(sum(total) AS DOUBLE), CAST(coalesce(sum(refunded), 0) AS DOUBLE)
FROM (
    SELECT * FROM raw.orders WHERE file_id = $file
    QUALIFY row_number() OVER (PARTITION BY source, order_id ORDER BY updated_at DESC NULLS LAST, row_number DESC) = 1
)
GROUP BY currency
ORDER BY count(*) DESC, currency
