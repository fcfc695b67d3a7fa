-- The roots of the names by which answers refer to orders, without those that meant_orders was made of. Temporary
-- tables: order_references, roots.
SELECT DISTINCT unnest(meant_roots(order_id)) AS root FROM order_references
EXCEPT
FROM roots
