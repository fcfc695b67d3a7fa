-- The change that makes a month stale and reaches back furthest: with the file it came in, if it came in one.
-- table_reads: the core tables that each figure table reads.
WITH known AS (
    SELECT table_name, change_id FROM ops.computed WHERE month = $month
), computed AS (
    -- A table that keeps no rows of the month says nothing, unless none has any yet.
    SELECT r.reads, coalesce(k.change_id, 0) AS known
    FROM table_reads AS r LEFT JOIN known AS k USING (table_name)
    WHERE k.table_name IS NOT NULL OR NOT EXISTS (FROM known)
)
SELECT c.change_id, p.path, c.kind, c.records, c.from_month
FROM ops.changes AS c
LEFT JOIN (SELECT file_id, min(path) AS path FROM ops.files GROUP BY file_id) AS p USING (file_id)
WHERE c.from_month <= $month
    AND EXISTS (SELECT 1 FROM computed AS m WHERE c.change_id > m.known AND list_contains(m.reads, c.kind))
ORDER BY c.from_month, p.path IS NULL, c.change_id, p.path, c.kind
LIMIT 1
