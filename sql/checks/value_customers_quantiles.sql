-- table: value.customers
-- blocking: yes
-- each: month
-- Probabilities and quantiles are in order, an order is likelier than not exactly where the median wait is within the year, and nobody without a likely order has likely money.
SELECT month, customer_id, order_probability_30d, order_probability_365d, next_order_days, orders_p10, orders_p90, value_p10, value_p90
FROM value.customers
WHERE NOT (0 <= order_probability_30d AND order_probability_30d <= order_probability_90d
        AND order_probability_90d <= order_probability_365d AND order_probability_365d <= 1)
    OR NOT (0 <= orders_p10 AND orders_p10 <= orders_p50 AND orders_p50 <= orders_p90)
    OR NOT (0 <= value_p10 AND value_p10 <= value_p50 AND value_p50 <= value_p90 AND isfinite(value_p90))
    OR (order_probability_365d > 0.5 + 1e-9) > coalesce(next_order_days <= 365, false)
    OR (order_probability_365d < 0.5 - 1e-9) > coalesce(next_order_days > 364, true)
    OR (orders_p50 = 0 AND value_p50 > 0) OR (orders_p90 = 0 AND value_p90 > 0)
    OR NOT (calibrated_at_risk_90d >= 0 AND isfinite(calibrated_at_risk_90d))
