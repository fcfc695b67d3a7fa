-- table: core.order_segments
-- blocking: yes
-- each: order_id
-- No e-mail address in a segment.
SELECT order_id FROM core.order_segments
-- Hardly a text has an @: asked for it first, the check takes a sixth of the time.
WHERE (contains(country, '@') OR contains(product_category, '@') OR contains(brand, '@') OR contains(channel, '@'))
    AND regexp_matches(concat_ws(' ', country, product_category, brand, channel), '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
