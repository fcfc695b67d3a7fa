-- Orders of which any version names a person in scope, and touched ones. Temporary tables: people, touched_orders.
SELECT source, order_id FROM vault.raw.orders SEMI JOIN people USING (identity)
UNION SELECT source, order_id FROM touched_orders
