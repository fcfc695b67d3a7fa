-- Etsy, "Settings / Options / Download data / Order items": one row per item. Its orders are in the export of orders:
-- this one has neither an order's total nor its refunds. Transaction ID is the item's, not the order's.
-- source: etsy
-- recognised by: Sale Date, Item Name, Quantity, Price, Transaction ID, Listing ID, Order ID
-- also reads: SKU, Variations
SELECT
    file_id,
    row_number,
    "Order ID" AS order_id,
    "Transaction ID" AS line_id,
    "Quantity" AS quantity,
    "Price" AS unit_price,
    "SKU" AS sku,
    "Item Name" AS product,
    "Variations" AS variations
FROM input
