-- The newest version of each line of the orders in scope. worth is price times quantity, at least 0.
-- Temporary table: current_orders.
SELECT
    published_id(source, order_id) AS order_id, impersonal(line_id) AS line_id, label(sku) AS sku,
    label(product) AS product, label(product_category) AS product_category, label(brand) AS brand, quantity,
    CAST(coalesce(greatest(quantity * unit_price, 0), 0) AS DECIMAL(38, 8)) AS worth
FROM (
    SELECT lines.*
    FROM vault.raw.order_lines AS lines
    SEMI JOIN current_orders USING (source, order_id)
    QUALIFY row_number() OVER (
        PARTITION BY source, order_id, line_id
        ORDER BY file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
    ) = 1
)
