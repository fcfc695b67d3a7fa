-- The orders of which a version has a name with one of the roots, whoever bought it. Temporary table: roots.
SELECT source, order_id, identity FROM vault.raw.orders WHERE root(order_id) IN (FROM roots)
UNION
SELECT source, order_id, identity FROM vault.raw.orders WHERE root(order_number) IN (FROM roots)
