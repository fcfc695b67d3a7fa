-- The first products that bring people back within 180 days, and what such customers bring in their first year.
SELECT product_category, customers, second_order_rate, rate_low, rate_high, rate_of_all, come_back, median_days, value_365d,
    value_low, value_high
FROM value.first_products
ORDER BY second_order_rate DESC NULLS LAST, product_category
LIMIT 30;
