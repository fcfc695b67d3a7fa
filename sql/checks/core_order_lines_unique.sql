-- table: core.order_lines
-- blocking: yes
-- A line stands once within its order.
SELECT order_id, line_id, count(*) AS rows FROM core.order_lines GROUP BY ALL HAVING count(*) > 1
