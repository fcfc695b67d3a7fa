-- The newest version of each order to which an answer may refer; declared_order_links.sql decides among them. An order
-- is here if any version has the name, because only the newest shows whether the order still has it. Temporary table:
-- meant_orders.
SELECT source, order_id, order_number, ordered_at, published_id(source, order_id) AS full_id
FROM vault.raw.orders
SEMI JOIN meant_orders USING (source, order_id)
QUALIFY row_number() OVER (
    PARTITION BY source, order_id
    ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
