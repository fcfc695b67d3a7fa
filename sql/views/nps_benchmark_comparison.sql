-- nps.benchmark_comparison: the shop's score beside the whole range that others report.
CREATE OR REPLACE VIEW nps.benchmark_comparison AS
WITH shop AS (
    SELECT period_end, responses, nps, nps_low, nps_high FROM nps.by_period
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
COMMENT ON VIEW nps.benchmark_comparison IS 'The shop''s latest trailing_365d score with its interval, and the range of all figures that nps.benchmarks has of an industry: below or above it only if the whole interval is, within if the whole interval is, else undecided. Never one figure against one figure.';
COMMENT ON COLUMN nps.benchmark_comparison.industry IS 'Group of nps.benchmarks.';
COMMENT ON COLUMN nps.benchmark_comparison.figures IS 'Figures there are of it.';
COMMENT ON COLUMN nps.benchmark_comparison.sources IS 'Sources they come from.';
COMMENT ON COLUMN nps.benchmark_comparison.first_year IS 'Year of the oldest figure that names one.';
COMMENT ON COLUMN nps.benchmark_comparison.last_year IS 'Year of the newest.';
COMMENT ON COLUMN nps.benchmark_comparison.lowest IS 'Lower end of the lowest figure or range.';
COMMENT ON COLUMN nps.benchmark_comparison.highest IS 'Upper end of the highest.';
COMMENT ON COLUMN nps.benchmark_comparison.period_end IS 'Day after the last day of the shops window.';
COMMENT ON COLUMN nps.benchmark_comparison.responses IS 'Answers of the shop in it.';
COMMENT ON COLUMN nps.benchmark_comparison.nps IS 'The shops score, points.';
COMMENT ON COLUMN nps.benchmark_comparison.nps_low IS 'Lower end of its interval.';
COMMENT ON COLUMN nps.benchmark_comparison.nps_high IS 'Upper end of its interval.';
COMMENT ON COLUMN nps.benchmark_comparison.position IS 'below, above, within or undecided.';
