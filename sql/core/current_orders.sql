-- The newest version of each order in scope, with its published id. Temporary table: scope_orders.
SELECT raw.*, published_id(source, order_id) AS full_id
FROM vault.raw.orders AS raw
SEMI JOIN scope_orders USING (source, order_id)
QUALIFY row_number() OVER (
    PARTITION BY source, order_id
    ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
