-- Items of orders of the Shopify Admin REST API; see shopify_api.orders.sql. The place in the order is the id, as in
-- the export (shopify.order_lines.sql), so that an order landed in both forms has its items once.
-- source: shopify
-- recognised by: id, name, created_at, total_price, financial_status, line_items
-- also reads: test
-- records: orders, order, .
WITH items AS (
    SELECT file_id, row_number, id, unnest(from_json(json_if(line_items, '['), '["JSON"]')) AS item,
        generate_subscripts(from_json(json_if(line_items, '['), '["JSON"]'), 1) AS line_id
    FROM input
    WHERE NOT coalesce(parse_boolean(clean(test)), false)
)
SELECT
    file_id,
    row_number,
    id AS order_id,
    line_id,
    item->>'$.quantity' AS quantity,
    item->>'$.price' AS unit_price,
    item->>'$.sku' AS sku,
    product,
    nullif(regexp_extract(product, '^\s*(.*?)\s+/\s+\S', 1), '') AS product_category,
    item->>'$.vendor' AS brand
FROM (SELECT *, coalesce(item->>'$.name', item->>'$.title') AS product FROM items)
