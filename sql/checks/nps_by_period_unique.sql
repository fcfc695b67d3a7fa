-- table: nps.by_period
-- blocking: yes
-- grain, period_start and stage name one row.
SELECT grain, period_start, stage, count(*) AS rows FROM nps.by_period GROUP BY ALL HAVING count(*) > 1
