-- Items of eBay orders; see ebay.orders.sql. Sold For is the price of one. Transaction ID names the item in its order.
-- source: ebay
-- recognised by: Sales Record Number, Order Number, Buyer Username, Item Number, Item Title, Quantity, Sold For,
--     Total Price, Sale Date
-- also reads: Transaction ID, Custom Label, Variation Details
SELECT
    file_id,
    row_number,
    coalesce(clean("Order Number"), 'record ' || clean("Sales Record Number")) AS order_id,
    concat_ws(' ', clean("Item Number"), clean("Transaction ID")) AS line_id,
    "Quantity" AS quantity,
    "Sold For" AS unit_price,
    "Custom Label" AS sku,
    "Item Title" AS product,
    "Variation Details" AS variations
FROM input
WHERE clean("Item Number") IS NOT NULL
    AND NOT is_ebay_frame("Sales Record Number", "Order Number", "Item Number", "Total Price", "Sale Date")
