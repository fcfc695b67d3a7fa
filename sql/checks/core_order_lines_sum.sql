-- table: core.order_lines
-- blocking: yes
-- each: order_id
-- The lines of an order sum to its net.
SELECT order_id, l.net AS lines, o.net
FROM (SELECT order_id, sum(net) AS net FROM core.order_lines GROUP BY order_id) AS l
LEFT JOIN core.orders AS o USING (order_id)
WHERE l.net IS DISTINCT FROM o.net
