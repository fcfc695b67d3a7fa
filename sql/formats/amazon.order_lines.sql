-- Items of Amazon orders; see amazon.orders.sql. An item has no id: its SKU serves as one, with a count where it
-- repeats.
-- item-price is the price of the whole line. A cancelled item of a shipped order stays, with quantity 0.
-- source: amazon
-- recognised by: amazon-order-id, purchase-date, last-updated-date, order-status, sales-channel, item-status, quantity,
--     currency, item-price, shipping-price, item-promotion-discount
-- also reads: sku, asin, product-name
WITH items AS (
    SELECT *, coalesce(clean(sku), clean("asin"), '') AS code,
        coalesce(lower(clean("item-status")) IN ('cancelled', 'canceled'), false) AS is_dropped,
        bool_and(coalesce(lower(clean("item-status")) IN ('cancelled', 'canceled'), false)) OVER one_order
            OR bool_or(lower(clean("order-status")) IN ('cancelled', 'canceled')) OVER one_order AS is_cancelled
    FROM input
    WINDOW one_order AS (PARTITION BY file_id, clean("amazon-order-id"))
),
counted AS (
    SELECT *, row_number() OVER (PARTITION BY file_id, clean("amazon-order-id"), code ORDER BY row_number) AS time
    FROM items
)
SELECT
    file_id,
    row_number,
    "amazon-order-id" AS order_id,
    CASE WHEN code = '' THEN time::VARCHAR WHEN time = 1 THEN code ELSE code || ' ' || time END AS line_id,
    CASE WHEN is_dropped AND NOT is_cancelled THEN '0' ELSE quantity END AS quantity,
    price_each("item-price", quantity) AS unit_price,
    sku,
    "product-name" AS product
FROM counted
