-- table: nps.delivery_gap
-- blocking: yes
-- A window has a segment once.
SELECT grain, period_start, dimension, segment, count(*) AS rows FROM nps.delivery_gap GROUP BY ALL HAVING count(*) > 1
