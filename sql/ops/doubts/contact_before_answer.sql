-- Follow-ups dated before the day of their answer: they count as no contact after it.
SELECT f.file_id, 'follow_ups' AS kind, f.source AS subject, count(*) AS records, CAST(NULL AS DECIMAL(18, 2)) AS money,
    min(r.response_id) AS example,
    'these contacts are dated before the day of their answer, so they do not count as contacts after it: correct '
    || 'contacted_at, or the id of the answer.' AS advice
FROM (SELECT file_id, source, contacted_at, published_id(source, response_id) AS own_id FROM vault.raw.follow_ups) AS f
LEFT JOIN ops.superseded AS s ON s.response_id = f.own_id
JOIN core.responses AS r ON r.response_id = coalesce(s.superseded_by, f.own_id)
WHERE business_date(f.contacted_at) < r.response_date
GROUP BY f.file_id, f.source
