-- table: nps.by_period
-- blocking: yes
-- each: month
-- Scores and intervals lie within -100..100 and differences within -200..200, an interval holds its own point, p-values lie within 0..1.
SELECT grain, period_start, stage, nps, nps_low, nps_high, change_p_value FROM nps.by_period
WHERE NOT (nps_low BETWEEN -100 AND nps AND nps_high BETWEEN nps AND 100
    AND coalesce(change_low BETWEEN -200 AND change AND change_high BETWEEN change AND 200, change IS NULL)
    AND coalesce(change_p_value, 0) BETWEEN 0 AND 1)
