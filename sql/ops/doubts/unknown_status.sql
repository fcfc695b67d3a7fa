-- Orders have a status that no word of the lexicon explains, and count as paid.
SELECT CAST(NULL AS VARCHAR) AS file_id, 'orders' AS kind, o.status AS subject, count(*) AS records, sum(o.net) AS money,
    min(o.order_id) AS example,
    'nobody knows the order status ' || o.status || ', so its orders count as paid: say in statuses.csv what it means '
        || '(word,language,format,meaning).' AS advice
FROM core.orders AS o
SEMI JOIN (
    SELECT published_id(r.source, r.order_id) AS order_id, lower(trim(label(r.status))) AS status
    FROM vault.raw.orders AS r
    JOIN vault.raw.files AS f USING (file_id)
    JOIN status_meanings AS m ON m.status = r.status AND m.format = f.format AND m.source = r.source
    WHERE m.meaning IS NULL
) AS unknown ON unknown.order_id = o.order_id AND unknown.status = o.status
GROUP BY o.status
