-- The change that makes a month stale and reaches back furthest, with the file that brought it, if one did.
-- table_reads: the core tables that each figure table reads.
WITH computed AS (
    SELECT table_name, change_id FROM ops.computed WHERE month = $month
), seen AS (
    -- Tables without rows for the month are left out, unless no table has any yet.
    SELECT r.reads, coalesce(c.change_id, 0) AS seen_change
    FROM table_reads AS r LEFT JOIN computed AS c USING (table_name)
    WHERE c.table_name IS NOT NULL OR NOT EXISTS (FROM computed)
)
SELECT c.change_id, p.path, c.kind, c.records, c.from_month
FROM ops.changes AS c
LEFT JOIN (SELECT file_id, min(path) AS path FROM ops.files GROUP BY file_id) AS p USING (file_id)
WHERE c.from_month <= $month
    AND EXISTS (SELECT 1 FROM seen AS m WHERE c.change_id > m.seen_change AND list_contains(m.reads, c.kind))
ORDER BY c.from_month, p.path IS NULL, c.change_id, p.path, c.kind
LIMIT 1
