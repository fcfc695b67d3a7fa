-- value.first_products: first products that bring people back.
CREATE OR REPLACE VIEW value.first_products AS
SELECT s.segment AS product_category, s.customers, s.second_order_rate, s.rate_low, s.rate_high, s.median_days,
    w.second_order_rate AS rate_of_all, s.second_order_rate - w.second_order_rate AS difference_to_all,
    CASE WHEN s.rate_low > w.second_order_rate THEN 'more' WHEN s.rate_high < w.second_order_rate THEN 'fewer'
        ELSE 'undecided' END AS come_back,
    s.value_customers, s.value_365d, s.value_low, s.value_high
FROM value.second_order AS s
JOIN value.second_order AS w ON w.month = s.month AND w.horizon_days = s.horizon_days AND w.dimension = 'all'
WHERE s.dimension = 'product_category' AND s.horizon_days = 180
    AND s.month = (SELECT max(month) FROM value.second_order)
ORDER BY s.second_order_rate DESC NULLS LAST, s.customers DESC, s.segment;
COMMENT ON VIEW value.first_products IS 'First products that bring people back: of the new customers of 24 months, by the product category of their first order, the share that ordered again within 180 days, and what they brought in their first year. One row per product category, in the newest month. Whoever buys a product first may be another kind of customer: selling it to others need not bring them back.';
COMMENT ON COLUMN value.first_products.product_category IS 'Product category of the first order, that of most money.';
COMMENT ON COLUMN value.first_products.customers IS 'Customers followed, see value.second_order.customers.';
COMMENT ON COLUMN value.first_products.second_order_rate IS 'Share that has ordered again within 180 days, 0..1; NULL with fewer than 10 at risk.';
COMMENT ON COLUMN value.first_products.rate_low IS 'Lower end of the interval of second_order_rate.';
COMMENT ON COLUMN value.first_products.rate_high IS 'Upper end of the interval of second_order_rate.';
COMMENT ON COLUMN value.first_products.median_days IS 'See value.second_order.median_days.';
COMMENT ON COLUMN value.first_products.rate_of_all IS 'The same share of all new customers.';
COMMENT ON COLUMN value.first_products.difference_to_all IS 'second_order_rate - rate_of_all.';
COMMENT ON COLUMN value.first_products.come_back IS 'more or fewer where the whole interval lies above or below rate_of_all, else undecided. With many categories, one in twenty is told apart by chance.';
COMMENT ON COLUMN value.first_products.value_customers IS 'See value.second_order.value_customers.';
COMMENT ON COLUMN value.first_products.value_365d IS 'Net revenue per customer in the 365 days from the first order.';
COMMENT ON COLUMN value.first_products.value_low IS 'Lower end of the interval of value_365d.';
COMMENT ON COLUMN value.first_products.value_high IS 'Upper end of the interval of value_365d.';
