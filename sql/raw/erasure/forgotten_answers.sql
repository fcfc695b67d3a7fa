-- Answers, landed and stored, of forgotten people: those that name one, and those that name nobody but mean an order of
-- one by the time of the request.
WITH answers AS (
    FROM (
        SELECT source, response_id, identity, order_id, responded_at FROM temp.checked_responses WHERE refused IS NULL
    )
    UNION ALL SELECT source, response_id, identity, order_id, responded_at FROM vault.raw.responses
)
SELECT identity, source, response_id, true AS is_named
FROM answers
JOIN (SELECT DISTINCT identity, requested_at FROM vault.raw.tombstones) USING (identity)
UNION
SELECT o.identity, a.source, a.response_id, false
FROM (SELECT *, unnest(meant_names(order_id)) AS name FROM answers WHERE identity IS NULL) AS a
JOIN (SELECT *, unnest(order_names(source, order_id, order_number)) AS name FROM forgotten_orders) AS o
    ON o.name = a.name AND a.responded_at <= o.requested_at
