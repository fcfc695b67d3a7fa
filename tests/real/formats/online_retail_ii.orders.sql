-- UCI Online Retail, second edition (2009-12 to 2010-12): one row per invoice line, CC BY 4.0.
-- An invoice that begins with C is a credit note of its own that does not name what it cancels. It becomes a record with
-- total 0 and its amount refunded on its day: money is net on the day it was paid back, and it counts as no purchase.
-- An invoice that begins with A is a bad-debt entry, no order: refused as adjustment.
-- source: online_retail
-- recognised by: Invoice, StockCode, Description, Quantity, InvoiceDate, Price, Customer ID, Country
WITH invoices AS (
    SELECT
        file_id, clean("Invoice") AS invoice, min(row_number) AS row_number, min("InvoiceDate") AS day,
        sum("Quantity"::DECIMAL(18, 4) * "Price"::DECIMAL(18, 4)) AS amount,
        max(regexp_replace("Customer ID", '\.0$', '')) AS customer, max("Country") AS country
    FROM input GROUP BY ALL
)
SELECT
    file_id,
    row_number,
    invoice AS order_id,
    day AS ordered_at,
    CASE WHEN invoice LIKE 'C%' THEN 0 ELSE amount END AS total,
    'GBP' AS currency,
    customer AS customer_id,
    CASE WHEN invoice LIKE 'C%' THEN 'refunded' ELSE 'paid' END AS status,
    CASE WHEN invoice LIKE 'C%' THEN -amount END AS refunded,
    CASE WHEN invoice LIKE 'C%' THEN day END AS refunded_at,
    country,
    CASE WHEN invoice LIKE 'A%' THEN 'adjustment' END AS reject,
    CASE WHEN invoice LIKE 'A%' THEN 'order_id' END AS reject_column
FROM invoices
