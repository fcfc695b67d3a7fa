-- Shopify orders_export.csv: one row per line item, order columns filled on an order's first row only.
-- Name and Email may be blank on the further rows, Id is on the first only, older exports lack the last columns.
-- Total is after discount with shipping and tax; Refunded Amount grows later and has no date.
-- The export has no delivery: delivery apps write it into Note Attributes ("Promised delivery: ...", "Delivered: ...").
-- source: shopify
-- recognised by: Name, Email, Financial Status, Created at, Currency, Total, Lineitem quantity, Lineitem name,
--     Lineitem price, Cancelled at
-- also reads: Id, Fulfilled at, Shipping, Taxes, Discount Amount, Refunded Amount, Shipping Country,
--     Billing Country, Source, Note Attributes, Phone, Billing Phone, Shipping Phone, Billing Name
WITH firsts AS (
    SELECT file_id, min(row_number) AS row_number
    FROM input
    WHERE clean_id("Name") IS NOT NULL
        AND (clean("Financial Status") IS NOT NULL OR clean("Total") IS NOT NULL OR clean("Created at") IS NOT NULL)
    GROUP BY file_id, clean_id("Name")
)
SELECT
    file_id,
    row_number,
    coalesce(clean_id("Id"), clean_id("Name")) AS order_id,
    clean_id("Name") AS order_number,
    "Created at" AS ordered_at,
    "Total" AS total,
    "Currency" AS currency,
    "Email" AS customer_email,
    coalesce(clean("Phone"), clean("Billing Phone"), "Shipping Phone") AS customer_phone,
    "Billing Name" AS customer_name,
    CASE WHEN clean("Cancelled at") IS NOT NULL THEN 'cancelled' ELSE "Financial Status" END AS status,
    "Refunded Amount" AS refunded,
    "Discount Amount" AS discount,
    "Shipping" AS shipping,
    "Taxes" AS tax,
    coalesce(clean("Shipping Country"), "Billing Country") AS country,
    "Source" AS channel,
    nullif(regexp_extract("Note Attributes", '(?i)(?:^|\n)\s*promised delivery:([^\r\n]*)', 1), '') AS promised_at,
    "Fulfilled at" AS fulfilled_at,
    nullif(regexp_extract("Note Attributes", '(?i)(?:^|\n)\s*delivered:([^\r\n]*)', 1), '') AS delivered_at
FROM input SEMI JOIN firsts USING (file_id, row_number)
