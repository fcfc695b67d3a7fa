-- Items of WooCommerce orders, one per cell: 'product_id:4959|1|30|size: Medium' is product, quantity, money of the
-- line and details; the product may be given by its SKU, and a pipe within a part is written \|. The number of the cell
-- is the id. See woocommerce_skyverge.orders.sql.
-- source: woocommerce
-- recognised by: order_id, order_number_formatted, order_number, date, status, order_shipping, order_tax, order_total,
--     customer_user, billing_email, order_item_1
-- also reads: *
WITH cells AS (
    SELECT file_id, row_number, order_id, regexp_extract(name, '\d+$') AS line_id,
        list_transform(
            string_split(replace(clean(value), '\|', chr(30)), '|'), lambda part: replace(part, chr(30), '|')
        ) AS parts
    FROM (
        UNPIVOT (SELECT file_id, row_number, order_id, COLUMNS('(?i)^order_item_\d+$') FROM input)
        ON COLUMNS('(?i)^order_item_') INTO NAME name VALUE value
    )
    WHERE clean(value) IS NOT NULL
)
SELECT file_id, row_number, order_id, line_id, parts[2] AS quantity, price_each(parts[3], parts[2]) AS unit_price,
    parts[1] AS sku, nullif(array_to_string(parts[4:], ', '), '') AS details
FROM cells
