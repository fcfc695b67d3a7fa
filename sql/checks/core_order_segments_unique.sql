-- table: core.order_segments
-- blocking: yes
-- An order has its segments once.
SELECT order_id, count(*) AS rows FROM core.order_segments GROUP BY ALL HAVING count(*) > 1
