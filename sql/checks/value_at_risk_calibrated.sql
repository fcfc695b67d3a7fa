-- table: value.at_risk
-- blocking: yes
-- each: month
-- A month's categories all have calibrated revenue or none has; it is not negative, and sums to the month's expected revenue.
SELECT month, sum(expected_revenue_90d) AS expected, sum(calibrated_revenue_90d) AS calibrated
FROM value.at_risk GROUP BY month
HAVING count(calibrated_revenue_90d) NOT IN (0, count(*)) OR min(calibrated_revenue_90d) < 0
    OR NOT abs(calibrated - expected) <= 1e-6 * (1 + expected)
