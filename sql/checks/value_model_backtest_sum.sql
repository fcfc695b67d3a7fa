-- table: value.model_backtest
-- blocking: yes
-- each: month
-- The deciles of a hold-out sum to its row for all customers (decile 0).
SELECT month, hold_out_months, count(*) AS rows FROM value.model_backtest GROUP BY ALL
HAVING sum(customers) IS DISTINCT FROM 2 * sum(customers) FILTER (decile = 0)
    OR sum(actual_orders) IS DISTINCT FROM 2 * sum(actual_orders) FILTER (decile = 0)
    OR sum(actual_value) IS DISTINCT FROM 2 * sum(actual_value) FILTER (decile = 0)
    OR NOT abs(sum(expected_orders) - 2 * sum(expected_orders) FILTER (decile = 0)) <= 1e-6 * sum(customers)
    OR NOT abs(sum(expected_value) - 2 * sum(expected_value) FILTER (decile = 0)) <= 1e-6 * (1 + sum(expected_value))
