-- Follow-ups after answers that no file holds: they count nowhere.
SELECT f.file_id, 'follow_ups' AS kind, f.source AS subject, count(*) AS records, CAST(NULL AS DECIMAL(18, 2)) AS money,
    min(f.full_id) AS example,
    'the answers of these follow-ups are in no file, so they count nowhere: land the export of the answers, and write '
    || 'response_id as core.responses has it (retently:123).' AS advice
FROM (SELECT file_id, source, published_id(source, response_id) AS full_id FROM vault.raw.follow_ups) AS f
ANTI JOIN core.responses AS r ON r.response_id = f.full_id
ANTI JOIN ops.superseded AS s ON s.response_id = f.full_id
GROUP BY f.file_id, f.source
