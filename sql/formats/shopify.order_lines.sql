-- Items of Shopify orders; see shopify.orders.sql. A line has no id: its place in the order serves as one.
-- A line item named "Category / Product" gives the category, as shops without product types write it.
-- source: shopify
-- recognised by: Name, Email, Financial Status, Created at, Currency, Total, Lineitem quantity, Lineitem name,
--     Lineitem price, Cancelled at
-- also reads: Id, Lineitem sku, Vendor
WITH named AS (
    SELECT
        file_id, row_number, "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Vendor",
        clean_id("Id") AS id,
        coalesce(
            clean_id("Name"),
            last_value(clean_id("Name") IGNORE NULLS) OVER (PARTITION BY file_id ORDER BY row_number)
        ) AS order_name,
        last_value("Currency" IGNORE NULLS) OVER (PARTITION BY file_id ORDER BY row_number) AS currency
    FROM input
)
SELECT
    file_id,
    row_number,
    coalesce(max(id) OVER one_order, order_name) AS order_id,
    row_number() OVER (PARTITION BY file_id, order_name ORDER BY row_number) AS line_id,
    "Lineitem quantity" AS quantity,
    "Lineitem price" AS unit_price,
    currency,
    "Lineitem sku" AS sku,
    "Lineitem name" AS product,
    nullif(regexp_extract("Lineitem name", '^\s*(.*?)\s+/\s+\S', 1), '') AS product_category,
    "Vendor" AS brand
FROM named
WINDOW one_order AS (PARTITION BY file_id, order_name)
