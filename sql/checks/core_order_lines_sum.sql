-- table: core.order_lines
-- blocking: yes
-- The lines of an order sum to its net.
SELECT order_id, sum(l.net) AS lines, any_value(o.net) AS net
FROM core.order_lines AS l LEFT JOIN core.orders AS o USING (order_id)
GROUP BY order_id HAVING sum(l.net) IS DISTINCT FROM any_value(o.net)
