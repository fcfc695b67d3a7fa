-- Items belong to orders that no file holds, and count nowhere.
-- An order goes away only when everything is conformed anew, so only new files, and those that had such items before, can
-- have them. Session: is_whole. Temporary tables: new_files, told_before (ops.doubts as it was).
WITH lines AS MATERIALIZED (
    SELECT file_id, source, order_id
    FROM vault.raw.order_lines
    WHERE file_id IN (
        SELECT file_id FROM vault.raw.files
        WHERE kind = 'order_lines' AND (
            getvariable('is_whole') OR file_id IN (FROM new_files)
            OR file_id IN (SELECT file_id FROM told_before WHERE doubt = 'lines_without_order')
        )
    )
),
-- Of these lines alone: a table of all orders to look them up would take 0.2 GiB per 3 million.
known AS (
    SELECT DISTINCT source, order_id FROM vault.raw.orders SEMI JOIN lines USING (source, order_id)
)
SELECT l.file_id, 'order_lines' AS kind, l.source AS subject, count(*) AS records,
    CAST(NULL AS DECIMAL(18, 2)) AS money, min(published_id(l.source, l.order_id)) AS example,
    'the orders of these items are in no file, so the items count nowhere: land the export of the orders too.' AS advice
FROM lines AS l
ANTI JOIN known AS o ON o.source = l.source AND o.order_id = l.order_id
GROUP BY l.file_id, l.source
