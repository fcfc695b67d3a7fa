-- table: nps.everybody
-- blocking: yes
-- each: month
-- Scores lie within their interval and -100 and 100; a row without a score says why, and only such a row.
SELECT grain, period_start, method, nps, nps_low, nps_high FROM nps.everybody
WHERE NOT coalesce(nps BETWEEN nps_low - 1e-9 AND nps_high + 1e-9, nps IS NULL)
    OR NOT coalesce(nps_low >= -100 - 1e-9 AND nps_high <= 100 + 1e-9 AND nps_low <= nps_high, true)
    OR (nps_low IS NULL) <> (nps_high IS NULL) OR isnan(nps_low) OR isnan(nps_high)
    OR width IS DISTINCT FROM nps_high - nps_low OR (nps IS NULL) <> (reason IS NOT NULL)
    OR (nps IS NULL AND nps_low IS NOT NULL AND method <> 'range') OR answered NOT BETWEEN 0 AND buyers
