-- Items of Squarespace orders; see squarespace.orders.sql. A line has no id: its place in the order serves as one.
-- source: squarespace
-- recognised by: Order ID, Email, Financial Status, Created at, Currency, Total, Lineitem quantity, Lineitem name,
--     Lineitem price, Amount Refunded, Cancelled at
-- also reads: Lineitem sku, Lineitem variant
WITH named AS (
    SELECT *, coalesce(
        clean("Order ID"),
        last_value(clean("Order ID") IGNORE NULLS) OVER (PARTITION BY file_id ORDER BY row_number)
    ) AS order_name
    FROM input
)
SELECT
    file_id,
    row_number,
    order_name AS order_id,
    row_number() OVER (PARTITION BY file_id, order_name ORDER BY row_number) AS line_id,
    "Lineitem quantity" AS quantity,
    "Lineitem price" AS unit_price,
    "Lineitem sku" AS sku,
    "Lineitem name" AS product,
    "Lineitem variant" AS variant
FROM named
WHERE coalesce(clean("Lineitem name"), clean("Lineitem quantity"), clean("Lineitem price")) IS NOT NULL
