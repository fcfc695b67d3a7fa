-- table: nps.benchmarks
-- blocking: yes
-- A figure lies in its range, and both within -100 and 100.
SELECT name, source FROM nps.benchmarks
WHERE low > high OR nps NOT BETWEEN low AND high OR low < -100 OR high > 100 OR isnan(low) OR isnan(high)
