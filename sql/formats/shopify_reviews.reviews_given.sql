-- Shopify's former app "Product Reviews", "Export reviews"; see judgeme.reviews_given.sql.
-- source: shopify_reviews
-- recognised by: product_handle, state, rating, title, author, email, body, created_at
SELECT
    file_id,
    row_number,
    email AS customer_email,
    created_at AS given_at,
    CASE WHEN lower(clean(state)) = 'spam' THEN 'bogus' END AS reject,
    rating AS stars,
    product_handle
FROM input
