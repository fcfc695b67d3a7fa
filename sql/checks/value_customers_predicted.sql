-- table: value.customers
-- blocking: yes
-- each: month
-- Probabilities are within 0 and 1, expectations are finite and not negative, and lifetime value is the sum of its parts.
SELECT month, customer_id, probability_alive, expected_orders, expected_order_value, predicted_value FROM value.customers
WHERE NOT probability_alive BETWEEN 0 AND 1 OR least(expected_orders, expected_order_value, predicted_value) < 0
    OR NOT (isfinite(expected_orders) AND isfinite(expected_order_value) AND isfinite(predicted_value))
    OR NOT abs(lifetime_value - historic_value - predicted_value) <= 1e-6 * (1 + abs(lifetime_value))
