-- core.order_segments for the orders in scope: the dimensions that an order has. Temporary view: dimensions.
SELECT id AS order_id, segment_name(country) AS country, segment_name(product_category) AS product_category,
    segment_name(brand) AS brand, segment_name(account_type) AS account_type, segment_name(channel) AS channel,
    segment_name(order_value_band) AS order_value_band, segment_name(purchase_count_band) AS purchase_count_band,
    segment_name(lifecycle) AS lifecycle, segment_name(cohort_year) AS cohort_year
FROM dimensions
