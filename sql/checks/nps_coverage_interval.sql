-- table: nps.coverage
-- blocking: yes
-- each: month
-- Scores are ordered and within -100 and 100, and so are the ends of the representation's interval.
SELECT grain, period_start, dimension, segment FROM nps.coverage
WHERE NOT coalesce(nps_if_silent_worst <= nps + 1e-9 AND nps <= nps_if_silent_best + 1e-9, true)
    OR nps_if_silent_worst < -100 - 1e-9 OR nps_if_silent_best > 100 + 1e-9 OR representation_low > representation_high
    OR representation_low < 0 OR isnan(representation_low) OR isnan(representation_high) OR isnan(nps)
