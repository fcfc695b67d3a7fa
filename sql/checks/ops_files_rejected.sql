-- table: ops.files
-- blocking: no
-- Files with a larger share of refused rows than NORTHSTAR_MAX_REJECTED, with their three most frequent reasons. Rows
-- that another file has since supplied do not count.
WITH superseded AS (
    SELECT file_id, count(*) AS rows FROM (
        SELECT file_id, row_number FROM ops.rejected GROUP BY ALL HAVING bool_and(superseded_by IS NOT NULL)
    ) GROUP BY file_id
), missing AS (
    SELECT f.path, f.file_id, f.rejected - coalesce(s.rows, 0) AS rejected, f.rows
    FROM ops.files AS f LEFT JOIN superseded AS s USING (file_id)
    WHERE f.status = 'loaded'
)
SELECT path, rejected, rows,
    (SELECT string_agg(reason || ' (' || refused || ')', ', ' ORDER BY refused DESC, reason) FROM (
        SELECT coalesce(r.column_name || ' ', '') || r.reason AS reason, count(*) AS refused
        FROM ops.rejected AS r WHERE r.file_id = m.file_id AND r.superseded_by IS NULL
        GROUP BY ALL ORDER BY refused DESC, reason LIMIT 3
    )) AS reasons
FROM missing AS m
WHERE rejected > rows * CAST(getvariable('max_rejected') AS DOUBLE)
ORDER BY path
