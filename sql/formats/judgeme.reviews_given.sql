-- Judge.me, "Reviews / Export" (and the form in which other review apps hand over to it). Stars do not answer the
-- recommendation question and never become a score; but somebody who wrote a review should not be asked again.
-- source: judgeme
-- recognised by: body, rating, review_date, reviewer_email
-- also reads: curated, product_handle
SELECT
    file_id,
    row_number,
    reviewer_email AS customer_email,
    review_date AS given_at,
    CASE WHEN lower(clean(curated)) = 'spam' THEN 'bogus' END AS reject,
    rating AS stars,
    product_handle
FROM input
