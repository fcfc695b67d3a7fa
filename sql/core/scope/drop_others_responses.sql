-- Leaves the answers whose newest version names a person in scope, the anonymous ones that declare an order in scope,
-- and the touched ones. Temporary tables: current_responses, people, touched_responses, declared, current_orders.
DELETE FROM current_responses
WHERE (source, response_id) NOT IN (SELECT (source, response_id) FROM touched_responses)
    AND CASE WHEN identity IS NOT NULL THEN identity NOT IN (SELECT identity FROM people)
        ELSE full_id NOT IN (
            SELECT response_id FROM declared WHERE order_id IN (SELECT full_id FROM current_orders)
        ) END
