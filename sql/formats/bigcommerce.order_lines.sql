-- Items of BigCommerce orders, all in the cell Product Details, separated by |: 'Product ID: 100, Product Qty: 1,
-- Product SKU: M-1, Product Name: Mug, ..., Product Unit Price: 67.50, Product Total Price: 67.50'; see
-- bigcommerce.orders.sql. Two variants share a product's id, so the place of an item is the id of its line.
-- source: bigcommerce
-- recognised by: Order ID, Customer ID, Customer Email, Order Date, Order Status, Order Total (inc tax),
--     Order Total (ex tax), Order Currency Code, Refund Amount, Product Details
WITH items AS (
    SELECT file_id, row_number, "Order ID", unnest(list) AS item, generate_subscripts(list, 1) AS place
    FROM (
        SELECT *, string_split(replace(clean("Product Details"), '|Product ID:', chr(30) || 'Product ID:'), chr(30)) AS list
        FROM input
    )
)
SELECT
    file_id,
    row_number,
    "Order ID" AS order_id,
    place AS line_id,
    regexp_extract(item, 'Product Qty: (.*?)(?:, Product [A-Z][A-Za-z ]*: |$)', 1) AS quantity,
    regexp_extract(item, 'Product Unit Price: (.*?)(?:, Product [A-Z][A-Za-z ]*: |$)', 1) AS unit_price,
    regexp_extract(item, 'Product SKU: (.*?)(?:, Product [A-Z][A-Za-z ]*: |$)', 1) AS sku,
    regexp_extract(item, 'Product Name: (.*?)(?:, Product [A-Z][A-Za-z ]*: |$)', 1) AS product
FROM items
