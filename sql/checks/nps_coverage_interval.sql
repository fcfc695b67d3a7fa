-- table: nps.coverage
-- blocking: yes
-- each: month
-- Scores and the representation lie between their ends, scores within -100 and 100.
SELECT grain, period_start, dimension, segment FROM nps.coverage
WHERE nps NOT BETWEEN nps_if_silent_worst AND nps_if_silent_best
    OR nps_if_silent_worst < -100 - 1e-9 OR nps_if_silent_best > 100 + 1e-9 OR representation NOT BETWEEN representation_low AND representation_high
    OR representation_low < 0 OR isnan(representation_low) OR isnan(representation_high) OR isnan(nps)
