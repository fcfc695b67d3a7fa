-- table: core.response_topics
-- blocking: yes
-- each: response_id
-- Every answer with a published comment has a topic (or the topic none), and every topic belongs to an answer.
SELECT r.response_id FROM core.responses AS r ANTI JOIN core.response_topics AS t USING (response_id)
WHERE trim(r.comment) <> ''
UNION ALL
SELECT DISTINCT t.response_id FROM core.response_topics AS t ANTI JOIN core.responses AS r USING (response_id)
