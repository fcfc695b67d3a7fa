-- table: nps.by_segment
-- blocking: yes
-- grain, period_start, stage, dimension and segment name one row.
SELECT grain, period_start, stage, dimension, segment, count(*) AS rows FROM nps.by_segment GROUP BY ALL HAVING count(*) > 1
