-- WooCommerce, extension "Order/Customer CSV Export" (SkyVerge): one row per order, items in cells order_item_1, ...
-- date is in the site's zone, which is the business zone, often saved again by a spreadsheet as 5/31/2016 0:37.
-- There is no currency; customer_user 0 or empty is a guest. A refund is a status only, which means the whole order.
-- source: woocommerce
-- recognised by: order_id, order_number_formatted, order_number, date, status, order_shipping, order_tax, order_total,
--     customer_user, billing_email
-- also reads: cart_discount, order_discount, shipping_country, billing_country, billing_phone,
--     billing_first_name, billing_last_name
WITH told AS (
    SELECT *,
        regexp_replace(lower(clean(status)), '^wc-', '') AS state
    FROM input
)
SELECT
    file_id,
    row_number,
    order_id,
    coalesce(clean(order_number_formatted), order_number) AS order_number,
    "date" AS ordered_at,
    order_total AS total,
    billing_email AS customer_email,
    nullif(clean(customer_user), '0') AS customer_id,
    billing_phone AS customer_phone,
    concat_ws(' ', clean(billing_first_name), clean(billing_last_name)) AS customer_name,
    coalesce(clean(customer_user), '0') = '0' AS is_guest,
    state AS status,
    coalesce(TRY_CAST(parse_decimal(clean(cart_discount)) AS DECIMAL(18, 4)), 0)
        + coalesce(TRY_CAST(parse_decimal(clean(order_discount)) AS DECIMAL(18, 4)), 0) AS discount,
    order_shipping AS shipping,
    order_tax AS tax,
    coalesce(clean(shipping_country), billing_country) AS country,
    CASE WHEN state IN ('checkout-draft', 'auto-draft', 'draft') THEN 'draft' END AS reject,
    CASE WHEN state IN ('checkout-draft', 'auto-draft', 'draft') THEN 'status' END AS reject_column
FROM told
