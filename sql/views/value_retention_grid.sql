-- value.retention_grid: the last twelve cohorts, a line each, month by month.
CREATE OR REPLACE VIEW value.retention_grid AS
SELECT cohort_month, max(customers) FILTER (months_since = 0) AS customers,
    max(retention) FILTER (months_since = 1) AS month_1, max(retention) FILTER (months_since = 2) AS month_2,
    max(retention) FILTER (months_since = 3) AS month_3, max(retention) FILTER (months_since = 4) AS month_4,
    max(retention) FILTER (months_since = 5) AS month_5, max(retention) FILTER (months_since = 6) AS month_6,
    max(retention) FILTER (months_since = 7) AS month_7, max(retention) FILTER (months_since = 8) AS month_8,
    max(retention) FILTER (months_since = 9) AS month_9, max(retention) FILTER (months_since = 10) AS month_10,
    max(retention) FILTER (months_since = 11) AS month_11
FROM value.cohorts
WHERE dimension = 'all' AND is_complete
    AND cohort_month > (SELECT max(month) FROM value.cohorts WHERE is_complete) - INTERVAL 12 MONTH
GROUP BY cohort_month
ORDER BY cohort_month;
COMMENT ON VIEW value.retention_grid IS 'At a glance: of the customers whose first order fell in each of the last twelve complete months, the share that ordered in each month after. One row per cohort; read a column downwards to see whether newer customers come back more often, and value.cohorts for the intervals: a difference between two cells of some hundred customers is often chance.';
COMMENT ON COLUMN value.retention_grid.cohort_month IS 'First day of the month of the first order.';
COMMENT ON COLUMN value.retention_grid.customers IS 'Customers of the cohort, as known at the end of that month.';
COMMENT ON COLUMN value.retention_grid.month_1 IS 'Share of them that ordered in the first month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_2 IS 'Share of them that ordered in the second month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_3 IS 'Share of them that ordered in the third month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_4 IS 'Share of them that ordered in the fourth month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_5 IS 'Share of them that ordered in the fifth month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_6 IS 'Share of them that ordered in the sixth month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_7 IS 'Share of them that ordered in the seventh month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_8 IS 'Share of them that ordered in the eighth month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_9 IS 'Share of them that ordered in the ninth month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_10 IS 'Share of them that ordered in the tenth month after, 0..1; NULL for a month to come.';
COMMENT ON COLUMN value.retention_grid.month_11 IS 'Share of them that ordered in the eleventh month after, 0..1; NULL for a month to come.';
