-- table: core.customers
-- blocking: yes
-- each: customer_id
-- No e-mail address in an id, country or attribute.
SELECT customer_id FROM core.customers
WHERE regexp_matches(concat_ws(' ', customer_id, referred_by, country, CAST(attributes AS VARCHAR)),
    '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
