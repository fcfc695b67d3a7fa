-- The orders among which shared_identities.sql looks: those of the people in scope, and of every identity of which it was
-- told before, which a version of its example names. Temporary tables: people, told_before.
WITH suspects AS (
    SELECT identity FROM people
    UNION
    SELECT identity FROM vault.raw.orders
    WHERE published_id(source, order_id) IN (
        SELECT example FROM told_before WHERE doubt IN ('shared_address', 'shared_phone')
    )
)
SELECT source, order_id, identity, ordered_at, customer_name FROM vault.raw.orders SEMI JOIN suspects USING (identity)
