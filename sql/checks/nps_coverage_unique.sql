-- table: nps.coverage
-- blocking: yes
-- A window has a segment once.
SELECT grain, period_start, dimension, segment, count(*) AS rows FROM nps.coverage GROUP BY ALL HAVING count(*) > 1
