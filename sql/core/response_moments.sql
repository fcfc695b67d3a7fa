-- The answers in scope as the moments at which dimensions.sql looks, with the order linked to each, in scope or not.
-- Temporary tables: new_responses, new_orders, history.
WITH linked AS (
    SELECT order_id, country, main_product_category, main_brand, gross, discount, promised_at, delivered_at
    FROM new_orders WHERE order_id IN (SELECT order_id FROM new_responses)
    UNION ALL
    SELECT order_id, country, main_product_category, main_brand, gross, discount, promised_at, delivered_at
    FROM core.orders
    WHERE order_id IN (
        SELECT order_id FROM new_responses WHERE order_id IS NOT NULL EXCEPT SELECT order_id FROM new_orders
    )
),
before AS (
    FROM history WHERE person_no IN (SELECT person_no FROM new_responses)
)
SELECT r.response_id AS id, r.person_no, r.customer_id, r.responded_at AS moment, r.response_date AS day, r.channel, r.survey,
    o.country AS order_country, o.main_product_category, o.main_brand, o.gross, o.discount, o.promised_at, o.delivered_at,
    b.orders, b.purchases, b.first_date, b.last_date, b.country AS bought_country
FROM new_responses AS r
ASOF LEFT JOIN before AS b ON b.person_no = r.person_no AND b.ordered_at <= r.responded_at
LEFT JOIN linked AS o ON o.order_id = r.order_id
