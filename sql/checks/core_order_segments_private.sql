-- table: core.order_segments
-- blocking: yes
-- each: order_id
-- No e-mail address in a segment.
SELECT order_id FROM core.order_segments
WHERE regexp_matches(concat_ws(' ', country, product_category, brand, channel), '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
