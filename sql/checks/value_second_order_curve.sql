-- table: value.second_order
-- blocking: yes
-- each: month
-- Rates are shares that grow with the days, lie in their intervals, and rest on ten customers at risk.
SELECT month, dimension, segment, horizon_days
FROM value.second_order
WHERE at_risk > customers OR customers < 1 OR (second_order_rate IS NOT NULL AND at_risk < 10)
    OR NOT coalesce(second_order_rate BETWEEN 0 AND 1, second_order_rate IS NULL)
    OR NOT coalesce(second_order_rate BETWEEN rate_low AND rate_high, rate_low IS NULL AND rate_high IS NULL)
    OR (dimension = 'category' AND horizon_days <= 30 AND second_order_rate IS NOT NULL)
    OR NOT coalesce(value_365d BETWEEN value_low - 0.005001 AND value_high + 0.005001, value_reason IS NOT NULL)
    OR (value_365d IS NULL) <> (value_customers = 0)
UNION ALL
SELECT month, dimension, segment, horizon_days
FROM value.second_order
QUALIFY second_order_rate < lag(second_order_rate) OVER (PARTITION BY month, dimension, segment ORDER BY horizon_days)
