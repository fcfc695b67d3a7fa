-- The newest version of each order to which an answer in scope may refer, whoever bought it; declared_order_links.sql decides among
-- them. Older versions are searched too, because only the newest shows whether the order still has that name.
-- Temporary table: current_responses.
WITH meant AS (
    SELECT DISTINCT unnest(meant_roots(order_id)) AS root FROM current_responses WHERE order_id IS NOT NULL
),
candidates AS (
    SELECT DISTINCT source, order_id FROM vault.raw.orders
    WHERE root(order_id) IN (SELECT root FROM meant) OR root(order_number) IN (SELECT root FROM meant)
)
SELECT source, order_id, order_number, ordered_at, published_id(source, order_id) AS full_id
FROM vault.raw.orders
SEMI JOIN candidates USING (source, order_id)
QUALIFY row_number() OVER (
    PARTITION BY source, order_id
    ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
) = 1
