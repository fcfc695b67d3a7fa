-- The orders in scope as the moments at which dimensions.sql looks. Temporary table: new_orders.
SELECT order_id AS id, customer_id, order_id, ordered_at AS moment, order_date AS day, channel, NULL AS survey
FROM new_orders
