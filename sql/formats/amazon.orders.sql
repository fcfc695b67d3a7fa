-- Amazon Seller Central, flat file "All Orders" (tab separated): one row per item, repeating the order's columns. The
-- file names no buyers: such orders are revenue without a customer.
-- An order's total is the sum of its items, shipping and gift wrap less promotion discounts. In USD and CAD tax is
-- added; elsewhere prices include it, and the tax columns only state the part. A cancelled item does not count in the
-- total of a shipped order; an order whose items are all cancelled is cancelled. A pending order has no prices yet.
-- source: amazon
-- recognised by: amazon-order-id, purchase-date, last-updated-date, order-status, sales-channel, item-status, quantity,
--     currency, item-price, shipping-price, item-promotion-discount
-- also reads: item-tax, shipping-tax, gift-wrap-price, gift-wrap-tax,
--     ship-promotion-discount, ship-country
WITH amounts AS (
    SELECT file_id, row_number, clean("amazon-order-id") AS order_id, "purchase-date", "last-updated-date",
        clean("sales-channel") AS channel, clean("ship-country") AS country, upper(clean("currency")) AS unit,
        lower(clean("order-status")) AS state,
        coalesce(lower(clean("item-status")) IN ('cancelled', 'canceled'), false) AS is_dropped,
        list_transform(
            ["item-price", "shipping-price", "gift-wrap-price", "item-tax", "shipping-tax", "gift-wrap-tax",
                "item-promotion-discount", "ship-promotion-discount"],
            lambda cell: {'text': clean(cell), 'value': TRY_CAST(parse_decimal(clean(cell)) AS DECIMAL(18, 4))}
        ) AS cells
    FROM input
),
rows AS (
    SELECT *,
        list_filter(cells, lambda cell: cell.text IS NOT NULL AND cell.value IS NULL)[1].text AS not_money,
        cells[1].value AS price,
        coalesce(cells[1].value, 0) + coalesce(cells[2].value, 0) + coalesce(cells[3].value, 0) AS worth,
        coalesce(cells[2].value, 0) AS shipping,
        coalesce(cells[4].value, 0) + coalesce(cells[5].value, 0) + coalesce(cells[6].value, 0) AS tax,
        coalesce(abs(cells[7].value), 0) + coalesce(abs(cells[8].value), 0) AS discount
    FROM amounts
),
orders AS (
    SELECT file_id, order_id, min(row_number) AS row_number, bool_and(is_dropped) OR bool_or(state IN ('cancelled', 'canceled')) AS is_cancelled
    FROM rows GROUP BY file_id, order_id
),
sums AS (
    SELECT r.file_id, o.row_number, max(not_money) AS not_money, max(unit) AS currency, count(price) AS prices,
        sum(worth + CASE WHEN unit IN ('USD', 'CAD') THEN tax ELSE 0 END - discount) AS total,
        sum(shipping) AS shipping, sum(tax) AS tax, sum(discount) AS discount
    FROM rows AS r JOIN orders AS o ON o.file_id = r.file_id AND o.order_id IS NOT DISTINCT FROM r.order_id
    WHERE o.is_cancelled OR NOT r.is_dropped
    GROUP BY r.file_id, o.row_number
),
updates AS (
    SELECT file_id, order_id, max(coalesce(parse_time(clean("last-updated-date"))::VARCHAR, clean("last-updated-date"))) AS updated_at
    FROM rows GROUP BY file_id, order_id
)
SELECT
    r.file_id,
    r.row_number,
    r.order_id,
    r."purchase-date" AS ordered_at,
    coalesce(s.not_money, CASE WHEN s.prices > 0 OR o.is_cancelled THEN s.total END::VARCHAR) AS total,
    s.currency,
    CASE WHEN o.is_cancelled THEN 'cancelled' ELSE r.state END AS status,
    s.discount,
    s.shipping,
    s.tax,
    r.country,
    r.channel,
    u.updated_at,
    CASE WHEN r.state = 'pending' AND s.prices = 0 AND NOT o.is_cancelled THEN 'pending' END AS reject,
    CASE WHEN r.state = 'pending' AND s.prices = 0 AND NOT o.is_cancelled THEN 'total' END AS reject_column
FROM rows AS r
JOIN orders AS o ON o.file_id = r.file_id AND o.row_number = r.row_number
JOIN sums AS s ON s.file_id = r.file_id AND s.row_number = r.row_number
JOIN updates AS u ON u.file_id = r.file_id AND u.order_id IS NOT DISTINCT FROM r.order_id
