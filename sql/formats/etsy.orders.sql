-- Etsy, "Settings / Options / Download data / Orders": one row per order, no e-mail address; Buyer User ID names the
-- buyer. Sale Date is a day (09/14/25). Order Total is what the buyer paid; Order Net, after Etsy's fees, is not used.
-- Adjusted Order Total is what remained after a refund, and 0.00 where nothing was refunded, so that an order refunded
-- in full is known by its Status only.
-- source: etsy
-- recognised by: Sale Date, Order ID, Buyer User ID, Order Value, Order Total, Adjusted Order Total
-- also reads: Full Name, Date Shipped, Ship Country, Currency, Discount Amount, Shipping, Sales Tax, Status,
--     Order Type
WITH told AS (
    SELECT *, TRY_CAST(parse_decimal(clean("Order Total")) AS DECIMAL(18, 4)) AS paid,
        TRY_CAST(parse_decimal(clean("Adjusted Order Total")) AS DECIMAL(18, 4)) AS kept
    FROM input
)
SELECT
    file_id,
    row_number,
    "Order ID" AS order_id,
    "Sale Date" AS ordered_at,
    "Order Total" AS total,
    "Currency" AS currency,
    "Buyer User ID" AS customer_id,
    "Full Name" AS customer_name,
    "Status" AS status,
    CASE
        WHEN given_back("Adjusted Order Total") IS NULL THEN NULL
        WHEN kept IS NULL OR paid IS NULL THEN concat_ws(' of ', "Adjusted Order Total", "Order Total")
        WHEN kept < paid THEN (paid - kept)::VARCHAR
    END AS refunded,
    "Discount Amount" AS discount,
    "Shipping" AS shipping,
    "Sales Tax" AS tax,
    "Ship Country" AS country,
    "Order Type" AS channel,
    "Date Shipped" AS fulfilled_at
FROM told
