-- Square, "Transactions / Export / Transactions CSV": one row per payment or refund; a sale paid in several ways may
-- have several rows of one Transaction ID. Total Collected is what the customer paid, with tax and tip; Net Total,
-- after Square's fees, is not used. Partial Refunds is part of Total Collected. A refund is an entry of its own with a
-- negative total, even where it repeats the sale's Transaction ID: it often comes in a later export than its sale, and
-- must then not take the sale's place. The file names customers by Customer ID, and no e-mail address. Time Zone is
-- written in words.
-- source: square
-- recognised by: Date, Time, Time Zone, Gross Sales, Total Collected, Transaction ID, Payment ID, Event Type
-- also reads: Tax, Source, Customer ID, Customer Name, Transaction Status
WITH told AS (
    SELECT *, clean("Payment ID") AS payment,
        TRY_CAST(parse_decimal(clean("Total Collected")) AS DECIMAL(18, 4)) AS paid,
        coalesce(clean_id("Transaction ID"), clean("Transaction ID")) || CASE WHEN lower(clean("Event Type")) LIKE 'refund%'
            THEN ' refund ' || coalesce(clean("Payment ID"), '') ELSE '' END AS entry
    FROM input
),
counted AS (
    SELECT *, row_number() OVER (PARTITION BY file_id, entry, payment ORDER BY row_number) AS repeated FROM told
),
sums AS (
    SELECT file_id, entry, min(row_number) AS row_number, count(*) AS payments, sum(paid)::VARCHAR AS total,
        max("Total Collected") FILTER (paid IS NULL) AS not_money
    FROM counted WHERE repeated = 1 OR payment IS NULL GROUP BY file_id, entry
)
SELECT
    t.file_id,
    t.row_number,
    t.entry AS order_id,
    concat_ws(' ', clean("Date"), clean("Time"), square_zone("Time Zone")) AS ordered_at,
    CASE WHEN payments = 1 THEN "Total Collected" ELSE coalesce(not_money, s.total) END AS total,
    named_currency("Total Collected") AS currency,
    "Customer ID" AS customer_id,
    "Customer Name" AS customer_name,
    "Transaction Status" AS status,
    CASE WHEN payments = 1 THEN "Tax" END AS tax,
    "Source" AS channel,
    unnamed_sign("Total Collected") AS currency_sign
FROM told AS t LEFT JOIN sums AS s ON s.file_id = t.file_id AND s.entry = t.entry
WHERE t.entry IS NULL OR t.row_number = s.row_number
