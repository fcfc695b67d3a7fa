-- Lines of UCI Online Retail invoices; see online_retail_ii.orders.sql. A line is named by its article and its place among equal
-- articles of the invoice, by content, so that the days both published files hold give the same lines.
-- source: online_retail
-- recognised by: Invoice, StockCode, Description, Quantity, InvoiceDate, Price, Customer ID, Country
SELECT
    file_id,
    row_number,
    clean("Invoice") AS order_id,
    concat_ws('-', "StockCode", row_number() OVER (
        PARTITION BY file_id, clean("Invoice"), "StockCode"
        ORDER BY "Price"::DOUBLE DESC, "Quantity"::BIGINT, row_number
    )) AS line_id,
    "Quantity" AS quantity,
    "Price" AS unit_price,
    "StockCode" AS sku,
    "Description" AS product,
    CASE WHEN "Invoice" LIKE 'A%' THEN 'adjustment' END AS reject,
    CASE WHEN "Invoice" LIKE 'A%' THEN 'order_id' END AS reject_column
FROM input
