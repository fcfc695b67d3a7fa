-- The orders among which shared_identities.sql looks: those of the people in scope, and of every identity of which it was
-- told before, which a version of its example names. Temporary tables: people, order_versions, told_before.
WITH told AS (
    SELECT DISTINCT identity FROM vault.raw.orders
    WHERE published_id(source, order_id) IN (
        SELECT example FROM told_before WHERE doubt IN ('shared_address', 'shared_phone')
    ) AND identity NOT IN (SELECT identity FROM people)
)
SELECT source, order_id, identity, ordered_at, customer_name FROM order_versions SEMI JOIN people USING (identity)
UNION ALL
SELECT source, order_id, identity, ordered_at, customer_name FROM vault.raw.orders SEMI JOIN told USING (identity)
