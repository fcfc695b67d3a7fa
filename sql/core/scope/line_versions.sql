-- All versions of the lines of the orders in scope. Temporary table: current_orders.
FROM vault.raw.order_lines SEMI JOIN current_orders USING (source, order_id)
