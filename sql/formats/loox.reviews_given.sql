-- Loox, "Reviews / Export"; see judgeme.reviews_given.sql. The header is known from one public importer's test only.
-- source: loox
-- recognised by: id, status, rating, email, review, date, productId, handle
-- also reads: verified_purchase
SELECT
    file_id,
    row_number,
    email AS customer_email,
    "date" AS given_at,
    rating AS stars,
    handle AS product_handle,
    verified_purchase
FROM input
