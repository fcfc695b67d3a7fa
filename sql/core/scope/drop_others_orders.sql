-- Leaves the orders whose newest version names a person in scope, and the touched ones. An untouched order that moved
-- to a person outside the scope is already correct. Temporary tables: current_orders, people, touched_orders.
DELETE FROM current_orders
WHERE (
    identity IN (SELECT identity FROM people)
    OR (source, order_id) IN (SELECT (source, order_id) FROM touched_orders)
) IS NOT true
