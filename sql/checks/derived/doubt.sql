-- table: ops.doubts
-- blocking: no
-- this_promise
SELECT d.subject, f.path, d.records, d.money, d.example, d.advice
FROM ops.doubts AS d LEFT JOIN (SELECT file_id, min(path) AS path FROM ops.files GROUP BY file_id) AS f USING (file_id)
WHERE d.doubt = 'this_doubt'
ORDER BY d.records DESC, d.subject, f.path
