-- Magento and Adobe Commerce, "Sales / Orders / Export" (the grid): one row per order, without its items. Money is in
-- the shop's currency: Grand Total (Base). Grand Total (Purchased) is the same in the order's currency, which Total
-- Refunded is in too. Only a sign names the currencies. A spreadsheet cuts the zeros before an ID.
-- source: magento
-- recognised by: ID, Purchase Point, Purchase Date, Grand Total (Base), Grand Total (Purchased), Status,
--     Customer Email, Total Refunded
-- also reads: Customer Name, Customer Group, Shipping and Handling
WITH told AS (
    SELECT *, TRY_CAST(parse_decimal(clean("Grand Total (Base)")) AS DECIMAL(18, 4)) AS base,
        TRY_CAST(parse_decimal(clean("Grand Total (Purchased)")) AS DECIMAL(18, 4)) AS purchased,
        TRY_CAST(parse_decimal(given_back("Total Refunded")) AS DECIMAL(18, 4)) AS returned
    FROM input
)
SELECT
    file_id,
    row_number,
    CASE WHEN regexp_full_match(clean_id("ID"), '\d{1,8}') THEN lpad(clean_id("ID"), 9, '0') ELSE "ID" END AS order_id,
    nullif(ltrim(clean_id("ID"), '0'), '') AS order_number,
    "Purchase Date" AS ordered_at,
    "Grand Total (Base)" AS total,
    "Customer Email" AS customer_email,
    "Customer Name" AS customer_name,
    coalesce(upper(clean("Customer Group")) = 'NOT LOGGED IN', false) AS is_guest,
    "Status" AS status,
    CASE
        WHEN clean("Grand Total (Base)") = clean("Grand Total (Purchased)") THEN given_back("Total Refunded")
        WHEN base IS NULL OR purchased IS NULL OR returned IS NULL OR purchased = 0
            THEN nullif(concat_ws(' of ', given_back("Total Refunded"), "Grand Total (Purchased)"),
                "Grand Total (Purchased)")
        ELSE (round(returned * base / purchased, 4)::DECIMAL(18, 4))::VARCHAR
    END AS refunded,
    "Shipping and Handling" AS shipping,
    "Purchase Point" AS channel
FROM told
