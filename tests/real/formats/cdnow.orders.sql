-- CDNOW master file (lifetimes 0.11.3, datasets/CDNOW_master.txt): purchases of a cohort, columns separated by blanks.
-- A purchase has no number: customer, day and its place among equal days, by content, name it.
-- source: cdnow
-- recognised by: customer_id, date, number_of_cds, dollar_value
SELECT
    file_id,
    row_number,
    concat_ws('-', customer_id, date,
        row_number() OVER (PARTITION BY file_id, customer_id, date ORDER BY dollar_value, number_of_cds, row_number)
    ) AS order_id,
    try_strptime(date, '%Y%m%d') AS ordered_at,
    dollar_value AS total,
    'USD' AS currency,
    customer_id,
    'paid' AS status,
    number_of_cds
FROM input
