-- table: core.response_segments
-- blocking: yes
-- Every answer has exactly one segment in every dimension.
SELECT dimension, count(*) AS rows, count(DISTINCT response_id) AS responses
FROM core.response_segments SEMI JOIN core.responses USING (response_id)
GROUP BY dimension
HAVING count(*) <> (SELECT count(*) FROM core.responses)
    OR count(DISTINCT response_id) <> (SELECT count(*) FROM core.responses)
