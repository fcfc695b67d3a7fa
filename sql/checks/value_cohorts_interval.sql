-- table: value.cohorts
-- blocking: yes
-- each: month
-- Rates are those of the counts and lie in their intervals, as money does, and a cohort is as old as its month says.
SELECT month, cohort_month, dimension, segment FROM value.cohorts
WHERE months_since <> date_diff('month', cohort_month, month)
    OR NOT coalesce(abs(retention - active / customers) < 1e-9, false)
    OR NOT coalesce(retention BETWEEN retention_low AND retention_high, false)
    OR NOT coalesce(retention_low >= 0 AND retention_high <= 1, false)
    -- Money is rounded to a cent.
    OR NOT coalesce(revenue_per_customer BETWEEN revenue_low - 0.005001 AND revenue_high + 0.005001,
        revenue_reason IS NOT NULL)
    OR (months_since = 0 AND dimension = 'all' AND active <> customers)
    OR (dimension = 'category' AND months_since < 2)
