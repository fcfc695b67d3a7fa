-- table: nps.change_parts
-- blocking: yes
-- grain, period_start, dimension and segment name one row.
SELECT grain, period_start, dimension, segment, count(*) AS rows FROM nps.change_parts GROUP BY ALL HAVING count(*) > 1
