-- table: value.at_risk
-- blocking: yes
-- each: month
-- The customers of each category are as many as in value.by_category; probabilities are within 0 and 1, and revenue at risk is finite, not negative and not above the longer horizon's.
SELECT month, category, r.customers, churn_probability, revenue_at_risk_90d, revenue_at_risk_180d
FROM value.at_risk AS r LEFT JOIN value.by_category AS c USING (month, category)
WHERE r.customers IS DISTINCT FROM c.customers OR NOT churn_probability BETWEEN -1e-9 AND 1
    OR NOT (revenue_at_risk_90d BETWEEN 0 AND revenue_at_risk_180d AND isfinite(revenue_at_risk_180d))
    OR NOT (expected_revenue_90d >= 0 AND isfinite(expected_revenue_90d))
