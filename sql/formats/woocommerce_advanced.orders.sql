-- WooCommerce, plugin "Advanced Order Export": one row per item, with the order's columns on each of its rows or on the
-- first only. Order Date is in the site's zone, which is the business zone. Order Total Amount is before refunds; Order
-- Refund Amount has no date. There is no currency and no customer's number.
-- source: woocommerce
-- recognised by: Order Number, Order Status, Order Date, Email (Billing), Order Total Amount
-- also reads: Order ID, First Name (Billing), Last Name (Billing), Phone (Billing), Country Code (Billing),
--     Country Code (Shipping), Cart Discount Amount, Order Shipping Amount, Order Refund Amount,
--     Order Total Tax Amount
WITH firsts AS (
    SELECT file_id, min(row_number) AS row_number
    FROM input
    WHERE clean("Order Number") IS NOT NULL
        AND coalesce(clean("Order Status"), clean("Order Date"), clean("Order Total Amount")) IS NOT NULL
    GROUP BY file_id, clean("Order Number")
)
SELECT
    file_id,
    row_number,
    coalesce(clean_id("Order ID"), "Order Number") AS order_id,
    "Order Number" AS order_number,
    "Order Date" AS ordered_at,
    "Order Total Amount" AS total,
    "Email (Billing)" AS customer_email,
    "Phone (Billing)" AS customer_phone,
    concat_ws(' ', clean("First Name (Billing)"), clean("Last Name (Billing)")) AS customer_name,
    "Order Status" AS status,
    given_back("Order Refund Amount") AS refunded,
    "Cart Discount Amount" AS discount,
    "Order Shipping Amount" AS shipping,
    "Order Total Tax Amount" AS tax,
    coalesce(clean("Country Code (Shipping)"), "Country Code (Billing)") AS country
FROM input SEMI JOIN firsts USING (file_id, row_number)
