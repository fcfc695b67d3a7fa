-- table: core.answers
-- blocking: yes
-- A question stands once within its response.
SELECT response_id, question, count(*) AS rows FROM core.answers GROUP BY ALL HAVING count(*) > 1
