-- Which first products bring people back?
-- `come_back` is undecided unless the whole interval lies above or below all new customers. Whoever buys a product first may be
-- another kind of customer: selling it to others need not bring them back.
SELECT product_category, customers, round(100 * second_order_rate, 1) AS percent_within_180_days,
    round(100 * rate_low, 1) AS low, round(100 * rate_high, 1) AS high, come_back, value_365d AS money_of_a_year
FROM value.first_products
ORDER BY second_order_rate DESC NULLS LAST, product_category;
