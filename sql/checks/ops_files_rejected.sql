-- table: ops.files
-- blocking: no
-- Files of which more rows were refused than NORTHSTAR_MAX_REJECTED allows, with their most frequent reasons.
SELECT path, rejected, rows,
    (SELECT string_agg(reason || ' (' || refused || ')', ', ' ORDER BY refused DESC, reason) FROM (
        SELECT coalesce(r.column_name || ' ', '') || r.reason AS reason, count(*) AS refused
        FROM ops.rejected AS r WHERE r.file_id = f.file_id
        GROUP BY ALL ORDER BY refused DESC, reason LIMIT 3
    )) AS reasons
FROM ops.files AS f
WHERE status = 'loaded' AND rejected > rows * CAST(getvariable('max_rejected') AS DOUBLE)
