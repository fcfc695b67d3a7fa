-- Orders of which a part was given back, by their status, and no amount says how much: they count in full.
-- The words are sought in the few statuses: as a list, because a filter on DISTINCT is tried on every order's first.
WITH statuses AS (
    SELECT unnest(list(DISTINCT status)) AS status FROM core.orders
),
partly_refunded AS (
    SELECT status FROM statuses
    WHERE regexp_matches(lower(status), 'parti|teil|parc|parz|gedeeltelijk')
        AND regexp_matches(lower(status), 'refund|erstatt|rembours|reembols|rimbors|terugbetaal')
)
SELECT CAST(NULL AS VARCHAR) AS file_id, 'orders' AS kind, status AS subject, count(*) AS records, sum(net) AS money,
    min(order_id) AS example,
    'a part of these orders was given back, and the file does not say how much, so they count in full: export again with '
        || 'the column of refunds, under the name that the tool gives it.' AS advice
FROM core.orders
JOIN partly_refunded USING (status)
WHERE counts AND coalesce(refunded, 0) = 0
GROUP BY status
