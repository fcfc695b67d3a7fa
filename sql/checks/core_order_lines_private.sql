-- table: core.order_lines
-- blocking: yes
-- each: order_id
-- No e-mail address in an id or any other text.
SELECT order_id, line_id FROM core.order_lines
WHERE regexp_matches(concat_ws(' ', order_id, line_id, sku, product, product_category, brand),
    '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
