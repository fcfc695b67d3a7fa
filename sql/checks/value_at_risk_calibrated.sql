-- table: value.at_risk
-- blocking: yes
-- Calibrated revenue is shared out among a month's categories: all of them have it or none, none below 0, and the sum is that expected.
SELECT month, sum(expected_revenue_90d) AS expected, sum(calibrated_revenue_90d) AS calibrated
FROM value.at_risk GROUP BY month
HAVING count(calibrated_revenue_90d) NOT IN (0, count(*)) OR min(calibrated_revenue_90d) < 0
    OR NOT abs(calibrated - expected) <= 1e-6 * (1 + expected)
