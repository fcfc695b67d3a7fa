-- Orders in scope, those that core has under another name, and those it has of the people in scope. Temporary tables:
-- current_orders, touched_orders, scope_customers.
SELECT full_id AS order_id FROM current_orders
UNION
SELECT published_id(source, order_id) FROM touched_orders
UNION
SELECT order_id FROM core.orders WHERE customer_id IN (SELECT customer_id FROM scope_customers)
