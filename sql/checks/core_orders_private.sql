-- table: core.orders
-- blocking: yes
-- each: order_id
-- No e-mail address in an id or any other text.
SELECT order_id FROM core.orders
-- Hardly a text has an @: asked for it first, the check takes a sixth of the time.
WHERE (contains(order_id, '@') OR contains(source, '@') OR contains(customer_id, '@') OR contains(status, '@')
        OR contains(channel, '@') OR contains(country, '@') OR contains(currency, '@')
        OR contains(main_product_category, '@') OR contains(main_brand, '@'))
    AND regexp_matches(
        concat_ws(' ', order_id, source, customer_id, status, channel, country, currency, main_product_category,
            main_brand),
        '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
