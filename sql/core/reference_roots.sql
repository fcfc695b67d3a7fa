-- The roots of the names by which answers refer to orders. Temporary table: order_references.
SELECT DISTINCT unnest(meant_roots(order_id)) AS root FROM order_references
