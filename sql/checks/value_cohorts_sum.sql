-- table: value.cohorts
-- blocking: yes
-- each: month
-- The segments of every dimension are the customers of the whole cohort.
SELECT month, cohort_month, d.dimension, d.customers, w.customers AS whole
FROM (
    SELECT month, cohort_month, dimension, sum(customers) AS customers, sum(active) AS active
    FROM value.cohorts WHERE dimension <> 'all' GROUP BY ALL
) AS d
LEFT JOIN (FROM value.cohorts WHERE dimension = 'all') AS w USING (month, cohort_month)
WHERE d.customers IS DISTINCT FROM w.customers OR d.active IS DISTINCT FROM w.active
