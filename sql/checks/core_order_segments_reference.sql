-- table: core.order_segments
-- blocking: yes
-- each: order_id
-- Every order has segments, and all segments have an order.
SELECT coalesce(o.order_id, s.order_id) AS order_id FROM core.orders AS o
FULL JOIN core.order_segments AS s ON s.order_id = o.order_id
WHERE o.order_id IS NULL OR s.order_id IS NULL
