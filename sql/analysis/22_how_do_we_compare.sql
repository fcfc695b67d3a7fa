-- How do we compare with others?
-- Published scores contradict each other, so your interval is compared with a range: `position` is undecided unless
-- the whole interval lies on one side of it or within.
SELECT industry, figures, sources, lowest, highest, round(nps, 1) AS nps, round(nps_low, 1) AS low, round(nps_high, 1) AS high,
    position
FROM nps.benchmark_comparison
ORDER BY industry;
