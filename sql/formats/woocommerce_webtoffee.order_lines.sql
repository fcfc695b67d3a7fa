-- Items of WooCommerce orders, in columns "Product Item 1 Name", "Product Item 1 Quantity" and so on; see
-- woocommerce_webtoffee.orders.sql. The number of an item is its id; its Total and its price are after discount.
-- source: woocommerce
-- recognised by: order_id, order_number, order_date, status, order_total, order_subtotal, order_currency, customer_id,
--     billing_email, Product Item 1 Name, Product Item 1 Quantity
-- also reads: *
WITH cells AS (
    SELECT file_id, row_number, order_id, clean(value) AS value,
        regexp_extract(lower(name), '^product item (\d+) (.*)$', ['number', 'part']) AS place
    FROM (
        UNPIVOT (
            SELECT file_id, row_number, order_id,
                COLUMNS('(?i)^product item \d+ (name|id|sku|quantity|total|subtotal)$')
            FROM input
        )
        ON COLUMNS('(?i)^product item ') INTO NAME name VALUE value
    )
),
items AS (
    SELECT file_id, row_number, order_id, place.number AS line_id,
        max(value) FILTER (place.part = 'name') AS product,
        max(value) FILTER (place.part = 'sku') AS sku,
        max(value) FILTER (place.part = 'quantity') AS quantity,
        max(value) FILTER (place.part = 'total') AS total,
        max(value) FILTER (place.part = 'subtotal') AS subtotal
    FROM cells GROUP BY ALL
)
SELECT file_id, row_number, order_id, line_id, quantity, price_each(coalesce(total, subtotal), quantity) AS unit_price,
    sku, product
FROM items
WHERE coalesce(product, sku, quantity, total) IS NOT NULL
