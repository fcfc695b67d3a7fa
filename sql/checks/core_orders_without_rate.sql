-- table: core.orders
-- blocking: no
-- Orders whose money could not be converted: no exchange rate within 7 days, or no reporting currency.
SELECT currency, count(*) AS orders, min(order_date) AS first_day, max(order_date) AS last_day
FROM core.orders WHERE gross IS NULL GROUP BY ALL ORDER BY ALL
