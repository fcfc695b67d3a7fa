-- Rows of a file are equal in every cell and each of them counts: items, money or answers may be counted twice.
-- Of an order only the newest version counts; another file may have replaced the one in doubt.
WITH told AS (
    SELECT file_id, kind, source, example, records, money, published_id(source, example) AS id
    FROM vault.raw.doubts WHERE doubt = 'repeated_row'
),
versions AS (
    SELECT file_id, source, order_id AS example, total FROM vault.raw.orders
    WHERE (source, order_id) IN (SELECT (source, example) FROM told)
    QUALIFY row_number() OVER (
        PARTITION BY source, order_id
        ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
    ) = 1
)
SELECT t.file_id, t.kind, CAST(NULL AS VARCHAR) AS subject, CAST(sum(t.records) AS BIGINT) AS records,
    CAST(sum(t.money * o.net / nullif(v.total, 0)) AS DECIMAL(18, 2)) AS money, min(t.id) AS example,
    'rows of the file are equal in every cell and each of them counts: if they were pasted twice, put a clean export in '
        || 'its place and run `northstar rebuild --vault`, which says what it would lose.' AS advice
FROM told AS t
LEFT JOIN versions AS v USING (source, example)
LEFT JOIN core.orders AS o ON o.order_id = t.id
WHERE t.kind <> 'orders' OR v.file_id = t.file_id
GROUP BY t.file_id, t.kind
