-- value.churn_signals: the detractors behind the revenue at risk, with what they said.
CREATE OR REPLACE VIEW value.churn_signals AS
SELECT c.month, c.customer_id, c.category, c.orders, c.last_order_at, c.recency_days,
    1 - c.order_probability_365d AS churn_probability, c.historic_value, c.expected_revenue_90d,
    c.revenue_at_risk_90d, c.revenue_at_risk_180d, c.calibrated_at_risk_90d,
    r.score, r.comment, r.response_id, r.responded_at, r.response_date
FROM value.customers AS c
LEFT JOIN ops.computed AS k ON k.table_name = 'value.customers' AND k.month = c.month
LEFT JOIN core.responses AS r ON r.customer_id = c.customer_id AND date_trunc('month', r.response_date) <= c.month
    AND r.responded_at <= coalesce(k.as_of, TIMESTAMPTZ 'infinity')
WHERE c.category = 'detractor'
-- The latest answer, as value.customers.category has it.
QUALIFY row_number() OVER (
    PARTITION BY c.month, c.customer_id ORDER BY r.response_date DESC, r.responded_at DESC, r.response_id DESC
) = 1
ORDER BY c.month DESC, c.calibrated_at_risk_90d DESC, c.customer_id;
COMMENT ON VIEW value.churn_signals IS 'Whom to call first: the customers behind value.at_risk whose latest answer was 0 to 6, most money that may already be lost first, each with that answer. One row per month and customer in value.customers. That they are unhappy and that they are at risk are two facts side by side; that the one causes the other, or that a call wins them back, is not said.';
COMMENT ON COLUMN value.churn_signals.month IS 'First day of the month, of those kept in value.customers; choose one, the newest for a list to act on.';
COMMENT ON COLUMN value.churn_signals.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN value.churn_signals.category IS 'Always detractor.';
COMMENT ON COLUMN value.churn_signals.orders IS 'Orders that count so far.';
COMMENT ON COLUMN value.churn_signals.last_order_at IS 'Time of the last order that counts (UTC).';
COMMENT ON COLUMN value.churn_signals.recency_days IS 'See value.customers.recency_days.';
COMMENT ON COLUMN value.churn_signals.churn_probability IS 'Probability, 0..1, of no order that counts in the 365 days after the month''s end: 1 - value.customers.order_probability_365d, calibrated as value.at_risk.churn_probability. Near 1 for who left long ago, whom a call is least likely to win back; so it is not what the list is sorted by.';
COMMENT ON COLUMN value.churn_signals.historic_value IS 'See value.customers.historic_value.';
COMMENT ON COLUMN value.churn_signals.expected_revenue_90d IS 'See value.customers.expected_revenue_90d.';
COMMENT ON COLUMN value.churn_signals.revenue_at_risk_90d IS 'See value.customers.revenue_at_risk_90d.';
COMMENT ON COLUMN value.churn_signals.revenue_at_risk_180d IS 'See value.customers.revenue_at_risk_180d.';
COMMENT ON COLUMN value.churn_signals.calibrated_at_risk_90d IS 'See value.customers.calibrated_at_risk_90d; the list is sorted by it.';
COMMENT ON COLUMN value.churn_signals.score IS 'Score of the customer''s latest answer by the month''s end, 0 to 6.';
COMMENT ON COLUMN value.churn_signals.comment IS 'Comment of that answer, as in core.responses.comment: NULL without one, or if NORTHSTAR_PUBLISH_COMMENTS is false.';
COMMENT ON COLUMN value.churn_signals.response_id IS 'core.responses.response_id of that answer.';
COMMENT ON COLUMN value.churn_signals.responded_at IS 'Time of that answer (UTC).';
COMMENT ON COLUMN value.churn_signals.response_date IS 'Day of that answer, business time zone.';
