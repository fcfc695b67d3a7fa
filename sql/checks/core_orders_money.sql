-- table: core.orders
-- blocking: yes
-- each: order_id
-- net is gross less refunded, and 0 for cancelled orders.
SELECT order_id, gross, refunded, net FROM core.orders
WHERE net IS DISTINCT FROM CASE WHEN is_cancelled THEN 0 ELSE gross - refunded END
