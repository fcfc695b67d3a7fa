-- Orders, landed and stored, of forgotten people.
SELECT DISTINCT identity, source, order_id, order_number, requested_at
FROM (
    FROM (SELECT source, order_id, order_number, identity FROM temp.checked_orders WHERE refused IS NULL)
    UNION ALL SELECT source, order_id, order_number, identity FROM vault.raw.orders
)
JOIN (SELECT DISTINCT identity, requested_at FROM vault.raw.tombstones) USING (identity)
