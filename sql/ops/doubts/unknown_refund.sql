-- Orders of which a part was given back, by their status, and no amount says how much: they count in full.
SELECT CAST(NULL AS VARCHAR) AS file_id, 'orders' AS kind, status AS subject, count(*) AS records, sum(net) AS money,
    min(order_id) AS example,
    'a part of these orders was given back, and the file does not say how much, so they count in full: export again with '
        || 'the column of refunds, under the name that the tool gives it.' AS advice
FROM core.orders
WHERE counts AND coalesce(refunded, 0) = 0 AND status IN (
    SELECT status FROM (SELECT DISTINCT status FROM core.orders)
    WHERE regexp_matches(lower(status), 'parti|teil|parc|parz|gedeeltelijk')
        AND regexp_matches(lower(status), 'refund|erstatt|rembours|reembols|rimbors|terugbetaal')
)
GROUP BY status
