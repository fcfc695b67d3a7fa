-- Orders or answers lie in the future, and count when their month has come.
-- More than a day after the clock: a time without a zone may be ahead by hours. Session: latest_time.
WITH coming AS (
    SELECT 'orders' AS kind, 'ordered_at' AS subject, published_id(source, order_id) AS id, ordered_at AS moment, file_id,
        file_event_at, row_number
    FROM vault.raw.orders WHERE ordered_at > getvariable('latest_time')
    UNION ALL
    SELECT 'responses', 'responded_at', published_id(source, response_id), responded_at, file_id, file_event_at, row_number
    FROM vault.raw.responses WHERE responded_at > getvariable('latest_time')
),
counting AS (
    SELECT c.*, o.net
    FROM coming AS c LEFT JOIN core.orders AS o ON c.kind = 'orders' AND o.order_id = c.id AND o.ordered_at = c.moment
    LEFT JOIN core.responses AS r ON c.kind = 'responses' AND r.response_id = c.id AND r.responded_at = c.moment
    WHERE coalesce(o.order_id, r.response_id) IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY c.kind, c.id ORDER BY file_event_at DESC NULLS LAST, file_id, row_number) = 1
)
SELECT file_id, kind, subject, count(*) AS records, sum(net) AS money, min(id) AS example,
    'these times lie in the future, the earliest in ' || strftime(business_date(min(moment)), '%Y-%m')
        || ', and count when their month has come: were day and month exchanged, or is the year wrong?' AS advice
FROM counting
GROUP BY file_id, kind, subject
