-- Lines of UCI Online Retail invoices; see online_retail.orders.sql. A line is named by its article and its place among equal
-- articles of the invoice, by content, so that the days both published files hold give the same lines.
-- source: online_retail
-- recognised by: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country
SELECT
    file_id,
    row_number,
    clean("InvoiceNo") AS order_id,
    concat_ws('-', "StockCode", row_number() OVER (
        PARTITION BY file_id, clean("InvoiceNo"), "StockCode"
        ORDER BY "UnitPrice"::DOUBLE DESC, "Quantity"::BIGINT, row_number
    )) AS line_id,
    "Quantity" AS quantity,
    "UnitPrice" AS unit_price,
    "StockCode" AS sku,
    "Description" AS product,
    CASE WHEN "InvoiceNo" LIKE 'A%' THEN 'adjustment' END AS reject,
    CASE WHEN "InvoiceNo" LIKE 'A%' THEN 'order_id' END AS reject_column
FROM input
