-- Stores what became of each content of the load. A row refused as two kinds of record counts once.
INSERT OR REPLACE INTO vault.raw.files BY NAME
SELECT o.* REPLACE (coalesce(o.reason, CASE WHEN r.rows = 0 THEN 'it holds a header and no rows' END) AS reason),
    r.rows, r.rows - coalesce(x.rejected, 0) AS accepted,
    CASE WHEN r.rows IS NOT NULL THEN coalesce(x.rejected, 0) END AS rejected,
    t.first_event_at, t.last_event_at, c.read_again_at, $load_id AS load_id, now() AS loaded_at
FROM outcomes AS o
LEFT JOIN rows_read AS r USING (file_id)
LEFT JOIN (SELECT file_id, count(*) AS rejected FROM refused_places GROUP BY file_id) AS x USING (file_id)
LEFT JOIN file_times AS t USING (file_id)
LEFT JOIN coming_times AS c USING (file_id)
ORDER BY o.file_id
