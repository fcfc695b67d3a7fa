-- table: nps.by_period
-- blocking: yes
-- each: month
-- Scores and intervals lie within -100..100, p-values within 0..1.
SELECT grain, period_start, stage, nps, nps_low, nps_high, change_p_value FROM nps.by_period
WHERE NOT (nps BETWEEN -100 AND 100 AND nps_low BETWEEN -100 AND 100 AND nps_high BETWEEN nps_low AND 100
    AND coalesce(change_p_value, 0) BETWEEN 0 AND 1)
