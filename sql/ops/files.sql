-- ops.files from the ledger. A path is a duplicate if an earlier path has the same content.
SELECT
    p.file_id,
    masked_text(p.path) AS path,
    f.kind,
    f.format,
    p.bytes,
    f.rows,
    f.accepted,
    f.rejected,
    CASE
        WHEN p.status = 'waiting' THEN 'waiting'
        WHEN f.status = 'loaded' AND row_number() OVER (PARTITION BY p.file_id ORDER BY p.path) > 1 THEN 'duplicate'
        ELSE f.status
    END AS status,
    masked_text(coalesce(p.reason, f.reason, d.doubts)) AS reason,
    CAST(date_trunc('month', business_date(f.first_event_at)) AS DATE) AS first_month,
    CAST(date_trunc('month', business_date(f.last_event_at)) AS DATE) AS last_month,
    f.loaded_at
FROM vault.raw.paths AS p
LEFT JOIN vault.raw.files AS f USING (file_id)
LEFT JOIN (
    SELECT file_id, string_agg(DISTINCT doubt || coalesce(': ' || label(subject), ''), '; ' ORDER BY doubt || coalesce(': ' || label(subject), '')) AS doubts
    FROM vault.raw.doubts GROUP BY file_id
) AS d USING (file_id)
ORDER BY p.path
