-- table: nps.by_period
-- blocking: yes
-- Scores and intervals lie within -100..100.
SELECT grain, period_start, stage, nps, nps_low, nps_high FROM nps.by_period
WHERE NOT (nps BETWEEN -100 AND 100 AND nps_low BETWEEN -100 AND 100 AND nps_high BETWEEN nps_low AND 100)
