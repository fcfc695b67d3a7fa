-- table: core.order_lines
-- blocking: yes
-- each: order_id
-- A line belongs to an order.
SELECT order_id, line_id FROM core.order_lines ANTI JOIN core.orders USING (order_id)
