-- How good is the forecast of orders?
-- Customers as they stood `months` ago: the orders the model then predicted, and those that came, by tenth of the
-- customers, most promising first (0: all). `naive` is what their own past rate would have said: where it is nearer,
-- trust that.
SELECT hold_out_months AS months, decile, customers, round(expected_orders, 1) AS predicted, actual_orders AS came,
    round(naive_orders, 1) AS naive
FROM value.model_backtest
WHERE (month, hold_out_months) = (
    SELECT (month, hold_out_months) FROM value.model_backtest ORDER BY month DESC, hold_out_months DESC LIMIT 1
)
ORDER BY decile;
