-- table: core.orders
-- blocking: yes
-- each: order_id
-- An order that counts has money, is not cancelled and was not refunded in full.
SELECT order_id, is_cancelled, gross, refunded FROM core.orders
WHERE counts AND (is_cancelled OR gross IS NULL OR gross < 0 OR (refunded > 0 AND refunded >= gross))
