-- How much revenue is at risk, and can I believe it?
-- `at_risk` is the revenue of the next 90 days that may not come. `expected_before` and `came_before` are the share
-- predicted a year ago and the share that came true: where they lie far apart, do not act on the amount.
SELECT category, customers, round(100 * churn_probability, 1) AS percent_leaving, calibrated_at_risk_90d AS at_risk,
    round(100 * churn_expected_before, 1) AS expected_before, round(100 * churn_actual_before, 1) AS came_before
FROM value.latest_at_risk
ORDER BY at_risk DESC;
