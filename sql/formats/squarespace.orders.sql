-- Squarespace, "Orders / Export": one row per line item, order columns filled on an order's first row only.
-- Total is after discount with shipping and tax; Amount Refunded grows later and has no date.
-- Payment Reference is the payment's id, not the order's. Only Cancelled at says that an order was cancelled.
-- source: squarespace
-- recognised by: Order ID, Email, Financial Status, Created at, Currency, Total, Lineitem quantity, Lineitem name,
--     Lineitem price, Amount Refunded, Cancelled at
-- also reads: Fulfilled at, Shipping, Taxes, Discount Amount, Shipping Country,
--     Billing Country, Billing Name, Billing Phone, Channel Type
WITH firsts AS (
    SELECT file_id, min(row_number) AS row_number
    FROM input
    WHERE clean("Order ID") IS NOT NULL
        AND (clean("Financial Status") IS NOT NULL OR clean("Total") IS NOT NULL OR clean("Created at") IS NOT NULL)
    GROUP BY file_id, clean("Order ID")
)
SELECT
    file_id,
    row_number,
    "Order ID" AS order_id,
    "Created at" AS ordered_at,
    "Total" AS total,
    "Currency" AS currency,
    "Email" AS customer_email,
    "Billing Phone" AS customer_phone,
    "Billing Name" AS customer_name,
    CASE WHEN clean("Cancelled at") IS NOT NULL THEN 'cancelled' ELSE "Financial Status" END AS status,
    given_back("Amount Refunded") AS refunded,
    "Discount Amount" AS discount,
    "Shipping" AS shipping,
    "Taxes" AS tax,
    coalesce(clean("Shipping Country"), "Billing Country") AS country,
    "Channel Type" AS channel,
    "Fulfilled at" AS fulfilled_at
FROM input SEMI JOIN firsts USING (file_id, row_number)
