-- table: core.responses
-- blocking: yes
-- The customer and the order of every answer exist.
SELECT response_id, r.customer_id, r.order_id FROM core.responses AS r
LEFT JOIN core.customers AS c ON c.customer_id = r.customer_id
LEFT JOIN core.orders AS o ON o.order_id = r.order_id
WHERE (r.customer_id IS NOT NULL AND c.customer_id IS NULL) OR (r.order_id IS NOT NULL AND o.order_id IS NULL)
