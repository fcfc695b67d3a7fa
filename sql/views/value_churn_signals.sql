-- value.churn_signals: the detractors behind the revenue at risk.
CREATE OR REPLACE VIEW value.churn_signals AS
SELECT month, customer_id, category, orders, last_order_at, recency_days, 1 - probability_alive AS churn_probability,
    historic_value, expected_revenue_90d, revenue_at_risk_90d, revenue_at_risk_180d
FROM value.customers
WHERE category = 'detractor'
ORDER BY month DESC, revenue_at_risk_90d DESC, customer_id;
COMMENT ON VIEW value.churn_signals IS 'Detractors as churn signals: the customers behind value.at_risk whose latest answer was 0 to 6, most money at risk first. One row per month and customer in value.customers.';
COMMENT ON COLUMN value.churn_signals.month IS 'First day of the month, of those kept in value.customers.';
COMMENT ON COLUMN value.churn_signals.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN value.churn_signals.category IS 'Always detractor.';
COMMENT ON COLUMN value.churn_signals.orders IS 'Orders that count so far.';
COMMENT ON COLUMN value.churn_signals.last_order_at IS 'Time of the last order that counts (UTC).';
COMMENT ON COLUMN value.churn_signals.recency_days IS 'See value.customers.recency_days.';
COMMENT ON COLUMN value.churn_signals.churn_probability IS '1 - value.customers.probability_alive.';
COMMENT ON COLUMN value.churn_signals.historic_value IS 'See value.customers.historic_value.';
COMMENT ON COLUMN value.churn_signals.expected_revenue_90d IS 'See value.customers.expected_revenue_90d.';
COMMENT ON COLUMN value.churn_signals.revenue_at_risk_90d IS 'See value.customers.revenue_at_risk_90d.';
COMMENT ON COLUMN value.churn_signals.revenue_at_risk_180d IS 'See value.customers.revenue_at_risk_180d.';
