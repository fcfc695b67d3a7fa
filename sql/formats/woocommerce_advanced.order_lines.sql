-- Items of WooCommerce orders as "Advanced Order Export" writes them; see woocommerce_advanced.orders.sql. Item #
-- counts the items of an order. Older versions name the product Name; Quantity (- Refund) is what was kept.
-- source: woocommerce
-- recognised by: Order Number, Order Status, Order Date, Email (Billing), Order Total Amount, Item #, Item Cost
-- also reads: Order ID, SKU, Name, Item Name, Quantity, Quantity (- Refund)
WITH named AS (
    SELECT *, last_value(clean("Order Number") IGNORE NULLS) OVER (PARTITION BY file_id ORDER BY row_number) AS number,
        coalesce(clean("Item Name"), clean("Name")) AS item
    FROM input
)
SELECT
    file_id,
    row_number,
    coalesce(max(clean_id("Order ID")) OVER (PARTITION BY file_id, number), number) AS order_id,
    coalesce(
        clean("Item #"), row_number() OVER (PARTITION BY file_id, number, clean("Item #") ORDER BY row_number)::VARCHAR
    ) AS line_id,
    coalesce(clean("Quantity (- Refund)"), "Quantity") AS quantity,
    "Item Cost" AS unit_price,
    "SKU" AS sku,
    item AS product
FROM named
WHERE coalesce(clean("Item #"), clean("SKU"), item, clean("Item Cost")) IS NOT NULL
