-- table: core.orders
-- blocking: yes
-- An order_id stands once.
SELECT order_id, count(*) AS rows FROM core.orders GROUP BY ALL HAVING count(*) > 1
