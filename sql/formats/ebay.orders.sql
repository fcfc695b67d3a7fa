-- eBay Seller Hub, "Orders / Download report": blank first lines, a row per item, a footer. An order of several items
-- has a row of its own with the total and no Item Number, and rows of its items below. Total Price is what the buyer
-- paid, with the tax that eBay collected; the report has no fees, no refunds and no status. A sale without an Order
-- Number was not checked out. A report that has Paid On Date at all leaves it blank until an order is paid. Buyer Email
-- is an alias of eBay's; Buyer Username names the buyer. The currency is named by a sign only.
-- source: ebay
-- recognised by: Sales Record Number, Order Number, Buyer Username, Item Number, Item Title, Quantity, Sold For,
--     Total Price, Sale Date
-- also reads: Buyer Email, Buyer Name, Ship To Phone, Post To Phone, Buyer Country, Ship To Country, Post To Country,
--     Shipping And Handling, Postage And Handling, Postage And Packaging, Paid On Date, Shipped On Date,
--     Posted On Date, Dispatched On Date
WITH told AS (
    SELECT *, clean("Total Price") AS price, TRY_CAST(parse_decimal(clean("Total Price")) AS DECIMAL(18, 4)) AS amount,
        clean("Item Number") AS item, clean("Paid On Date") AS paid_at,
        coalesce(clean("Order Number"), 'record ' || clean("Sales Record Number")) AS order_name
    FROM input
    WHERE NOT is_ebay_frame("Sales Record Number", "Order Number", "Item Number", "Total Price", "Sale Date")
),
ranked AS (
    SELECT *,
        row_number() OVER (PARTITION BY file_id, order_name ORDER BY price IS NULL, item IS NOT NULL, row_number)
            AS place,
        row_number() OVER (PARTITION BY file_id, order_name, item, price, clean("Sold For"), clean("Quantity")
            ORDER BY row_number) AS repeated
    FROM told
),
sums AS (
    SELECT file_id, order_name, count(price) FILTER (repeated = 1) AS prices, bool_or(item IS NULL) AS has_summary,
        sum(amount) FILTER (repeated = 1)::VARCHAR AS total, max(price) FILTER (amount IS NULL) AS not_money,
        max(clean("Buyer Email")) AS email, max(paid_at) AS paid_at
    FROM ranked GROUP BY file_id, order_name
),
files AS (SELECT file_id, count(paid_at) > 0 AS says_paid FROM told GROUP BY file_id)
SELECT
    r.file_id,
    r.row_number,
    r.order_name AS order_id,
    nullif(clean("Sales Record Number"), r.order_name) AS order_number,
    "Sale Date" AS ordered_at,
    CASE WHEN has_summary OR prices < 2 THEN price ELSE coalesce(not_money, s.total) END AS total,
    named_currency(price) AS currency,
    s.email AS customer_email,
    "Buyer Username" AS customer_id,
    coalesce(clean("Ship To Phone"), "Post To Phone") AS customer_phone,
    "Buyer Name" AS customer_name,
    CASE WHEN says_paid AND s.paid_at IS NULL THEN 'unpaid' END AS status,
    coalesce(clean("Shipping And Handling"), clean("Postage And Handling"), "Postage And Packaging") AS shipping,
    coalesce(clean("Ship To Country"), clean("Post To Country"), "Buyer Country") AS country,
    coalesce(clean("Shipped On Date"), clean("Posted On Date"), "Dispatched On Date") AS fulfilled_at,
    unnamed_sign(price) AS currency_sign
FROM ranked AS r
JOIN files AS f ON f.file_id = r.file_id
LEFT JOIN sums AS s ON s.file_id = r.file_id AND s.order_name = r.order_name
WHERE r.place = 1 OR r.order_name IS NULL
