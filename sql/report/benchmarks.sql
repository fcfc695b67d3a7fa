-- What others report for their industries: a range, never one figure.
SELECT industry, figures, sources, first_year, last_year, lowest, highest, nps, nps_low, nps_high, position
FROM nps.benchmark_comparison
ORDER BY industry;
