-- PrestaShop, "Orders / Export" (the list), back office in English: one row per order, without its items. The customer
-- is a shortened name: the orders are revenue without a customer. Only a sign names the currency. Statuses are the
-- shop's. A shop that ships to one country has no column Delivery, a shop for consumers no column Company.
-- source: prestashop
-- recognised by: ID, Reference, New client, Customer, Total, Payment, Status, Date
-- also reads: Delivery
SELECT
    file_id,
    row_number,
    "ID" AS order_id,
    "Reference" AS order_number,
    "Date" AS ordered_at,
    "Total" AS total,
    "Customer" AS customer_name,
    "Status" AS status,
    "Delivery" AS country
FROM input
