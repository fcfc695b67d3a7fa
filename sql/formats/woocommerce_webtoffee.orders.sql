-- WooCommerce, plugin "Order Export & Order Import" (WebToffee): one row per order, items in numbered columns.
-- order_date is in the site's zone, which is the business zone; the dates in refund_items are UTC, as the plugin writes
-- them.
-- customer_id 0 is a guest. A pending order was never paid: it is stored and does not count; a draft was never placed.
-- source: woocommerce
-- recognised by: order_id, order_number, order_date, status, order_total, order_subtotal, order_currency, customer_id,
--     billing_email
-- also reads: customer_email, shipping_total, tax_total, discount_total, cart_discount,
--     shipping_country, billing_country, refund_items, billing_phone,
--     billing_first_name, billing_last_name
WITH told AS (
    SELECT *,
        regexp_replace(lower(clean(status)), '^wc-', '') AS state,
        list_transform(regexp_extract_all(refund_items, 'amount:(-?\d+(?:\.\d+)?)\|', 1),
            lambda amount: TRY_CAST(amount AS DECIMAL(18, 4))) AS refunds,
        list_max(regexp_extract_all(refund_items, '\|date:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)', 1)) AS refund_date
    FROM input
)
SELECT
    file_id,
    row_number,
    order_id,
    order_number,
    order_date AS ordered_at,
    order_total AS total,
    order_currency AS currency,
    coalesce(clean(billing_email), customer_email) AS customer_email,
    nullif(clean(customer_id), '0') AS customer_id,
    billing_phone AS customer_phone,
    concat_ws(' ', clean(billing_first_name), clean(billing_last_name)) AS customer_name,
    clean(customer_id) = '0' AS is_guest,
    state AS status,
    list_sum(refunds) AS refunded,
    refund_date || ' +00' AS refunded_at,
    coalesce(clean(discount_total), cart_discount) AS discount,
    shipping_total AS shipping,
    tax_total AS tax,
    coalesce(clean(shipping_country), billing_country) AS country,
    CASE WHEN state IN ('checkout-draft', 'auto-draft', 'draft') THEN 'draft' END AS reject,
    CASE WHEN state IN ('checkout-draft', 'auto-draft', 'draft') THEN 'status' END AS reject_column
FROM told
