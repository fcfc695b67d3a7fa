-- Notes the files in which records with one this_id differ in this_column, with the least such id (temporary table
-- shared_ids: digests of the ids that several records share).
INSERT INTO vault.raw.doubts BY NAME
SELECT file_id, 'contradicting_id' AS doubt, 'this_kind' AS kind,
    CASE 'this_column' WHEN 'identity' THEN 'customer' ELSE 'this_column' END AS subject,
    sum(rows) AS records, source, min(this_id) AS example
FROM (
    SELECT file_id, source, this_id, count(*) AS rows
    FROM checked_this_kind WHERE refused IS NULL AND hash(file_id, source, this_id) IN (FROM shared_ids)
    GROUP BY ALL HAVING min(this_column) <> max(this_column)
)
GROUP BY file_id, source
