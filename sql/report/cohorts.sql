-- Of the customers whose first order fell in a month, the share that ordered in each month after it.
SELECT cohort_month, months_since, customers, active, retention, retention_low, retention_high
FROM value.cohorts
WHERE dimension = 'all' AND is_complete AND months_since BETWEEN 1 AND 11
    AND cohort_month > (SELECT max(month) FROM value.cohorts WHERE is_complete) - INTERVAL 12 MONTH
ORDER BY cohort_month, months_since;
