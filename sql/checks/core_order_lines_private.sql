-- table: core.order_lines
-- blocking: yes
-- each: order_id
-- No e-mail address in an id or any other text.
SELECT order_id, line_id FROM core.order_lines
-- Hardly a text has an @: asked for it first, the check takes a sixth of the time.
WHERE (contains(order_id, '@') OR contains(line_id, '@') OR contains(sku, '@') OR contains(product, '@')
        OR contains(product_category, '@') OR contains(brand, '@'))
    AND regexp_matches(concat_ws(' ', order_id, line_id, sku, product, product_category, brand),
        '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
