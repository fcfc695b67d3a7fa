-- table: value.customers
-- blocking: yes
-- each: month
-- Nobody's last order is before the first, or after the day that recency is counted to.
SELECT month, customer_id, recency_days, tenure_days FROM value.customers
WHERE NOT (recency_days BETWEEN 0 AND tenure_days) OR first_order_at > last_order_at OR orders < 1
