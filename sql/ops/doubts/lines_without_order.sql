-- Items belong to orders that no file holds, and count nowhere.
SELECT l.file_id, 'order_lines' AS kind, l.source AS subject, count(*) AS records,
    CAST(NULL AS DECIMAL(18, 2)) AS money, min(published_id(l.source, l.order_id)) AS example,
    'the orders of these items are in no file, so the items count nowhere: land the export of the orders too.' AS advice
FROM vault.raw.order_lines AS l
SEMI JOIN (SELECT file_id FROM vault.raw.files WHERE kind = 'order_lines') AS f ON f.file_id = l.file_id
ANTI JOIN vault.raw.orders AS o ON o.source = l.source AND o.order_id = l.order_id
GROUP BY l.file_id, l.source
