-- table: nps.drivers
-- blocking: yes
-- grain, period_start, stage, language and topic name one row.
SELECT grain, period_start, stage, language, topic, count(*) AS rows FROM nps.drivers GROUP BY ALL HAVING count(*) > 1
