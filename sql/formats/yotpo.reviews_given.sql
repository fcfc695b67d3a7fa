-- Yotpo, "Moderation / Export reviews"; see judgeme.reviews_given.sql. The header is known from the tests of two public
-- importers, not from a file of the vendor's. Yotpo writes days as the shop's language does.
-- source: yotpo
-- recognised by: Review Content, Review Score, Date, Product ID, Display Name, Email
SELECT
    file_id,
    row_number,
    "Email" AS customer_email,
    "Date" AS given_at,
    "Review Score" AS stars
FROM input
