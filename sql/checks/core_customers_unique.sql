-- table: core.customers
-- blocking: yes
-- A customer_id stands once.
SELECT customer_id, count(*) AS rows FROM core.customers GROUP BY ALL HAVING count(*) > 1
