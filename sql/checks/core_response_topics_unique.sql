-- table: core.response_topics
-- blocking: yes
-- One row per answer and topic, and none beside a topic that is found.
SELECT response_id, topic, count(*) AS rows FROM core.response_topics GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT response_id, 'none', count(*) FROM core.response_topics GROUP BY ALL HAVING count(*) > 1 AND bool_or(topic = 'none')
