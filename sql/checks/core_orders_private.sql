-- table: core.orders
-- blocking: yes
-- each: order_id
-- No e-mail address in an id or any other text.
SELECT order_id FROM core.orders
WHERE regexp_matches(
    concat_ws(' ', order_id, source, customer_id, status, channel, country, currency, main_product_category, main_brand),
    '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
