-- Do new customers come back more often than they did?
-- One line per cohort, the newest last; read a column downwards. Two cells of some hundred customers each differ by chance by
-- several points: value.cohorts has the interval of every cell.
SELECT cohort_month, customers, round(100 * month_1, 1) AS month_1, round(100 * month_2, 1) AS month_2,
    round(100 * month_3, 1) AS month_3, round(100 * month_6, 1) AS month_6
FROM value.retention_grid
ORDER BY cohort_month;
