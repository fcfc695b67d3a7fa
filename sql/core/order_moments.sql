-- The orders in scope as the moments at which dimensions.sql looks. Temporary tables: new_orders, history.
SELECT o.order_id AS id, o.person_no, o.customer_id, o.ordered_at AS moment, o.order_date AS day, o.channel, NULL AS survey,
    o.country AS order_country, o.main_product_category, o.main_brand, o.gross, o.discount, o.promised_at, o.delivered_at,
    h.orders, h.purchases, h.first_date, h.last_date, h.country AS bought_country
FROM new_orders AS o
LEFT JOIN history AS h ON h.order_no = o.order_no
