-- table: core.response_topics
-- blocking: yes
-- each: response_id
-- Topic none stands alone: an answer with any other topic does not have it.
SELECT response_id, count(*) AS rows FROM core.response_topics GROUP BY ALL
HAVING bool_or(topic = 'none') AND bool_or(topic <> 'none')
