-- The answers in scope that refer to an order by name. Temporary table: current_responses.
SELECT full_id, responded_at, order_id FROM current_responses WHERE order_id IS NOT NULL
