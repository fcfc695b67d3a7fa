-- nps.benchmark_comparison: the shop's score against the range that others report.
CREATE OR REPLACE VIEW nps.benchmark_comparison AS
WITH shop AS (
    SELECT period_end, responses, nps, nps_low, nps_high, is_reliable FROM nps.by_period
    WHERE grain = 'trailing_365d' AND stage = 'all' ORDER BY period_end DESC LIMIT 1
),
range AS (
    SELECT industry, count(*) AS figures, count(DISTINCT source) AS sources, min(year) AS first_year,
        max(year) AS last_year, min(low) AS lowest, max(high) AS highest
    FROM nps.benchmarks GROUP BY industry
)
SELECT range.*, shop.*,
    CASE WHEN nps_high < lowest THEN 'below' WHEN nps_low > highest THEN 'above'
        WHEN nps_low >= lowest AND nps_high <= highest THEN 'within' ELSE 'undecided' END AS position
FROM range CROSS JOIN shop
ORDER BY industry;
COMMENT ON VIEW nps.benchmark_comparison IS 'The shop''s latest trailing_365d score, stage all, with its interval, against the range of all figures of nps.benchmarks for an industry: below, above or within only if the whole interval is, else undecided. One row per industry.';
COMMENT ON COLUMN nps.benchmark_comparison.industry IS 'Industry of nps.benchmarks.';
COMMENT ON COLUMN nps.benchmark_comparison.figures IS 'Number of figures reported for it.';
COMMENT ON COLUMN nps.benchmark_comparison.sources IS 'Number of different sources of these figures.';
COMMENT ON COLUMN nps.benchmark_comparison.first_year IS 'Year of the oldest figure; NULL if no figure has a year.';
COMMENT ON COLUMN nps.benchmark_comparison.last_year IS 'Year of the newest figure; NULL if no figure has a year.';
COMMENT ON COLUMN nps.benchmark_comparison.lowest IS 'Lowest reported figure or lower end of a range, points.';
COMMENT ON COLUMN nps.benchmark_comparison.highest IS 'Highest reported figure or upper end of a range, points.';
COMMENT ON COLUMN nps.benchmark_comparison.period_end IS 'Day after the last day of the shop''s window (exclusive), business time zone.';
COMMENT ON COLUMN nps.benchmark_comparison.responses IS 'Number of answers counted in the shop''s window.';
COMMENT ON COLUMN nps.benchmark_comparison.nps IS 'The shop''s score, points.';
COMMENT ON COLUMN nps.benchmark_comparison.nps_low IS 'Lower end of the interval of nps at NORTHSTAR_CONFIDENCE, points.';
COMMENT ON COLUMN nps.benchmark_comparison.nps_high IS 'Upper end of the interval of nps, points.';
COMMENT ON COLUMN nps.benchmark_comparison.is_reliable IS 'Whether nps is of enough answers to be compared at all; see nps.by_period.is_reliable.';
COMMENT ON COLUMN nps.benchmark_comparison.position IS 'below if nps_high < lowest, above if nps_low > highest, within if the interval lies in the range, else undecided.';
