-- table: value.customers
-- blocking: yes
-- A customer stands once a month.
SELECT month, customer_id, count(*) AS rows FROM value.customers GROUP BY ALL HAVING count(*) > 1
