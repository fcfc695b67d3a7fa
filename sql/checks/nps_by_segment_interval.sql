-- table: nps.by_segment
-- blocking: yes
-- each: month
-- Scores and intervals lie within -100..100 and differences within -200..200, an interval holds its own point, p-values lie within 0..1.
SELECT grain, period_start, stage, dimension, segment, nps, nps_low, nps_high, adjusted_p_value FROM nps.by_segment
WHERE NOT (nps_low BETWEEN -100 AND nps AND nps_high BETWEEN nps AND 100
    AND pooled_low BETWEEN -100 AND pooled_nps AND pooled_high BETWEEN pooled_nps AND 100
    AND coalesce(change_low BETWEEN -200 AND change AND change_high BETWEEN change AND 200, change IS NULL)
    AND coalesce(difference_low BETWEEN -200 AND difference AND difference_high BETWEEN difference AND 200,
        difference IS NULL)
    AND coalesce(adjusted_p_value, 0) BETWEEN 0 AND 1)
