-- Months of figure tables that were closed in the file published before (alias yesterday) and have been recomputed
-- since, each with the change that caused it. table_reads: the core tables that each figure table reads.
WITH recomputed AS (
    SELECT was.table_name, was.month,
        was.fingerprint IS NOT DISTINCT FROM computed.fingerprint AND $same_log AS is_same_program,
        was.change_id AS seen_change, r.reads
    FROM yesterday.ops.computed AS was
    JOIN table_reads AS r USING (table_name)
    LEFT JOIN ops.computed AS computed USING (table_name, month)
    -- The session's zone is the business zone.
    WHERE CAST(was.month + INTERVAL 1 MONTH AS TIMESTAMPTZ) <= least(was.as_of, $as_of)
        AND (computed.computed_at, computed.run_id) IS DISTINCT FROM (was.computed_at, was.run_id)
), reaching AS (
    SELECT m.table_name, m.month, max(c.change_id) AS change_id
    FROM recomputed AS m
    JOIN ops.changes AS c ON c.change_id > m.seen_change AND c.from_month <= m.month AND list_contains(m.reads, c.kind)
    WHERE $same_log
    GROUP BY ALL
), paths AS (
    SELECT file_id, min(path) AS path FROM ops.files GROUP BY file_id
), named AS (
    SELECT m.table_name, m.month, p.path, c.kind, c.records, c.from_month
    FROM reaching AS m
    JOIN recomputed AS r USING (table_name, month)
    JOIN ops.changes AS c ON c.change_id = m.change_id AND c.from_month <= m.month AND list_contains(r.reads, c.kind)
    LEFT JOIN paths AS p USING (file_id)
), summed AS (
    SELECT table_name, month, path, kind, sum(records) AS records, min(from_month) AS from_month
    FROM named GROUP BY ALL
), causes AS (
    SELECT *, coalesce(path, 'following from other records or from settings') AS source,
        row_number() OVER (PARTITION BY table_name, month ORDER BY path IS NULL, from_month, path, kind) AS place
    FROM summed
    -- Changes without a file follow from records of the files; they are named only where there is no file.
    QUALIFY path IS NOT NULL OR bool_and(path IS NULL) OVER (PARTITION BY table_name, month)
), words AS (
    SELECT table_name, month,
        string_agg(
            source || ': ' || records || ' ' || kind || ' from ' || strftime(from_month, '%Y-%m') || ' on', '; '
            ORDER BY place
        ) FILTER (place <= 3)
        || CASE WHEN count(*) > 3 THEN '; and ' || (count(*) - 3) || ' more' ELSE '' END AS words
    FROM causes GROUP BY ALL
)
SELECT m.table_name, m.month,
    CASE WHEN m.is_same_program THEN c.change_id END AS change_id,
    CASE
        WHEN NOT $same_log THEN 'settings or program changed, or the warehouse was rebuilt'
        WHEN w.words IS NULL THEN 'settings or program changed'
        WHEN m.is_same_program THEN w.words
        ELSE 'settings or program changed; also ' || w.words
    END AS reason
FROM recomputed AS m
LEFT JOIN reaching AS c USING (table_name, month)
LEFT JOIN words AS w USING (table_name, month)
