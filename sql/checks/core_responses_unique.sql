-- table: core.responses
-- blocking: yes
-- A response_id stands once.
SELECT response_id, count(*) AS rows FROM core.responses GROUP BY ALL HAVING count(*) > 1
