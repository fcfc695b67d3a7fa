-- table: core.orders
-- blocking: yes
-- each: customer_id
-- The customer of every order is in core.customers.
SELECT order_id, customer_id FROM core.orders ANTI JOIN core.customers USING (customer_id) WHERE customer_id IS NOT NULL
