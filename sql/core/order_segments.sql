-- core.order_segments for the orders in scope: the dimensions that an order has. Only names that come from a file can be
-- blank. Temporary view: dimensions.
SELECT id AS order_id, segment_name(country) AS country, segment_name(product_category) AS product_category,
    segment_name(brand) AS brand, coalesce(account_type, 'unknown') AS account_type, segment_name(channel) AS channel,
    coalesce(order_value_band, 'unknown') AS order_value_band,
    coalesce(purchase_count_band, 'unknown') AS purchase_count_band, coalesce(lifecycle, 'unknown') AS lifecycle,
    coalesce(cohort_year, 'unknown') AS cohort_year, coalesce(discounted, 'unknown') AS discounted
FROM dimensions
