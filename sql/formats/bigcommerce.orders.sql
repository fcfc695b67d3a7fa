-- BigCommerce, "Orders / Export": one row per order, its items in one cell. Order Date is a day, in some templates with
-- a column Order Time beside it, in the store's zone, which is the business zone.
-- Order Total (inc tax) is what the customer paid, in Order Currency Code; Exchange Rate is kept as it is and not
-- applied.
-- Incomplete and Pending are abandoned checkouts: refused. Customer ID 0 is a guest. A partial refund may have the
-- status Refunded, so the amount decides; without an amount the whole order was refunded.
-- source: bigcommerce
-- recognised by: Order ID, Customer ID, Customer Email, Order Date, Order Status, Order Total (inc tax),
--     Order Total (ex tax), Order Currency Code, Refund Amount
-- also reads: Order Time, Tax Total, Shipping Cost (inc tax), Date Shipped, Exchange Rate,
--     Coupon Value, Shipping Country, Billing Country, Billing Email, Channel Name,
--     Customer Name, Customer Phone, Billing Phone, Shipping Phone
WITH told AS (
    SELECT *, concat_ws(' ', clean("Order Date"), clean("Order Time")) AS placed, lower(clean("Order Status")) AS state,
        TRY_CAST(parse_decimal(clean("Refund Amount")) AS DECIMAL(18, 4)) AS given_back
    FROM input
)
SELECT
    file_id,
    row_number,
    "Order ID" AS order_id,
    nullif(placed, '') AS ordered_at,
    "Order Total (inc tax)" AS total,
    "Order Currency Code" AS currency,
    coalesce(clean("Customer Email"), "Billing Email") AS customer_email,
    nullif(clean("Customer ID"), '0') AS customer_id,
    coalesce(clean("Customer Phone"), clean("Billing Phone"), "Shipping Phone") AS customer_phone,
    "Customer Name" AS customer_name,
    clean("Customer ID") = '0' AS is_guest,
    CASE state WHEN 'partially refunded' THEN 'partially_refunded' ELSE state END AS status,
    CASE WHEN state = 'refunded' AND given_back = 0 THEN NULL ELSE "Refund Amount" END AS refunded,
    "Coupon Value" AS discount,
    "Shipping Cost (inc tax)" AS shipping,
    "Tax Total" AS tax,
    coalesce(clean("Shipping Country"), "Billing Country") AS country,
    "Channel Name" AS channel,
    "Date Shipped" AS fulfilled_at,
    "Exchange Rate" AS exchange_rate,
    CASE WHEN state IN ('incomplete', 'pending') THEN 'abandoned' END AS reject,
    CASE WHEN state IN ('incomplete', 'pending') THEN 'status' END AS reject_column
FROM told
