-- Olist (Kaggle, CC BY-NC-SA 4.0), olist_order_items_dataset.csv. An Olist order's total is in the payments file and its
-- dates in the orders file: a format sees one file, so tests/real/olist_orders.sql joins them to a canonical file.
-- source: canonical
-- recognised by: order_id, order_item_id, product_id, seller_id, shipping_limit_date, price, freight_value
SELECT file_id, row_number, order_id, order_item_id AS line_id, 1 AS quantity, price AS unit_price, product_id AS sku
FROM input
