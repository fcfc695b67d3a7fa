-- table: core.response_segments
-- blocking: yes
-- Every answer has a segment in every dimension.
SELECT dimension, count(*) AS rows FROM core.response_segments SEMI JOIN core.responses USING (response_id)
GROUP BY dimension
HAVING count(*) < (SELECT count(DISTINCT response_id) FROM core.responses)
UNION ALL
-- An empty table names no dimension that could lack answers.
SELECT NULL, 0 WHERE EXISTS (FROM core.responses) AND NOT EXISTS (FROM core.response_segments)
