-- What the versions of the touched orders are called and whom they name. Temporary table: touched_orders.
SELECT source, order_id, order_number, identity FROM vault.raw.orders SEMI JOIN touched_orders USING (source, order_id)
