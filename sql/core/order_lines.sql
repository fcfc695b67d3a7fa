-- core.order_lines for the orders in scope. The order's net is shared by worth: cumulated, then rounded, so that the
-- lines of an order sum to its net to the cent. Without prices it is shared by quantity, without quantities equally.
-- Temporary tables: current_lines, new_orders.
WITH weighed AS (
    SELECT l.*, o.net AS order_net,
        CASE WHEN sum(l.worth) OVER whole_order > 0 THEN l.worth
            WHEN sum(abs(l.quantity)) OVER whole_order > 0 THEN abs(l.quantity) ELSE 1 END AS weight
    FROM current_lines AS l
    JOIN new_orders AS o USING (order_id)
    WINDOW whole_order AS (PARTITION BY l.order_id)
),
shared AS (
    SELECT *, CAST(sum(weight) OVER (PARTITION BY order_id) AS DOUBLE) AS whole,
        CAST(sum(weight) OVER (PARTITION BY order_id ORDER BY line_id) AS DOUBLE) AS reached
    FROM weighed
),
rounded AS (
    SELECT *, CAST(round(CAST(order_net AS DOUBLE) * reached / whole, 2) AS DECIMAL(18, 2)) AS up_to
    FROM shared
)
SELECT order_id, line_id, sku, product, product_category, brand, quantity,
    CASE WHEN order_net IS NOT NULL
        THEN CAST(up_to - lag(up_to, 1, 0) OVER (PARTITION BY order_id ORDER BY line_id) AS DECIMAL(18, 2)) END AS net
FROM rounded
